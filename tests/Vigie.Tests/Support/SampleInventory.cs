using Vigie.Agent.Inventory;
using Vigie.Hub.Snapshots;

namespace Vigie.Tests.Support;

/// <summary>A small server after an upgrade that has not been followed by a restart.</summary>
static class SampleInventory
{
    static readonly string[] Sources =
    [
        "apt", "base-files", "bash", "bind9", "ca-certificates", "coreutils", "cron", "curl", "dpkg", "e2fsprogs", "exim4", "gcc-12", "glibc",
        "gnutls28", "krb5", "linux-signed-amd64", "nginx", "openssh", "openssl", "perl", "php8.2", "postgresql-15", "python3.11", "rsync",
        "samba", "sqlite3", "sudo", "systemd", "tzdata", "util-linux", "xz-utils", "zlib",
    ];

    public static InventoryDocument Document { get; } = new(
        new("debian", "12", "bookworm", "Debian GNU/Linux 12 (bookworm)", ""), "6.1.0-25-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.106-3 (2024-08-26)",
        ["6.1.0-25-amd64", "6.1.0-26-amd64"], true, ["linux-image-6.1.0-26-amd64"],
        new("QEMU", "Standard PC (Q35 + ICH9, 2009)", "kvm", "amd64", "AMD EPYC 7543 32-Core Processor", 8, 4, 32L << 30),
        [new("eth0", "52:54:00:12:34:56", ["192.0.2.10/24", "2001:db8::10/64", "fe80::5054:ff:fe12:3456/64"])], "dpkg",
        [.. Sources.Select((s, i) => new PackageInfo(s, $"{1 + (i % 7)}.{i}.4-{1 + (i % 5)}~deb12u{1 + (i % 3)}",
            i % 3 == 2 ? [s, $"lib{s}1", $"{s}-common"] : [s],
            s is "nginx" ? "NGINX Packaging <nginx-packaging@f5.com>" : "Debian Developers <debian-devel@lists.debian.org>"))],
        [new("nginx.service", 9, ["/usr/lib/x86_64-linux-gnu/libssl.so.3", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3"]),
            new("postgresql@15-main.service", 7, ["/usr/lib/x86_64-linux-gnu/libssl.so.3"])], 38, []);

    public static ValueTask WriteAsync(TestHub hub, string host) =>
        hub.Get<SnapshotStore>().SaveAsync(host, InventoryDocument.Kind, Document.Write(), default);
}
