using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Inventory;
using Vigie.Hub.Snapshots;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Inventory;

public sealed class InventoryReaderTests : IDisposable
{
    const string Status = "/var/lib/dpkg/status";

    readonly HostFolder _host = new();
    readonly FakeTimeProvider _time = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<InventoryDocument> ReadAsync() => Parse((await new InventoryReader(_host.Root, _time).ReadAsync(Ct))!);

    static InventoryDocument Parse(byte[] json) => JsonSerializer.Deserialize(json, DocumentJson.Default.InventoryDocument)!;

    void Touch(string path, int minute) => File.SetLastWriteTimeUtc(_host.Root.Map(path), new(2026, 11, 1, 12, minute, 0, DateTimeKind.Utc));

    [Fact]
    public async Task A_host_is_told_with_system_kernel_machine_and_packages()
    {
        _host.With("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n")
            .With("/proc/sys/kernel/osrelease", "6.1.0-25-amd64\n")
            .With("/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.106-3 (2024-08-26)\n")
            .With("/boot/vmlinuz-6.1.0-9-amd64", "").With("/lib/modules/6.1.0-25-amd64/modules.dep", "")
            .With("/run/reboot-required", "").With("/run/reboot-required.pkgs", "linux-image-6.1.0-26-amd64\nlinux-base\nlinux-base\n")
            .With("/sys/class/dmi/id/sys_vendor", "QEMU\n").With("/sys/class/dmi/id/product_name", "Standard PC (Q35 + ICH9, 2009)\n")
            .With("/proc/meminfo", "MemTotal:        4018576 kB\nMemFree: 1 kB\n")
            .With("/proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC\nphysical id\t: 0\ncore id\t: 0\nflags\t\t: fpu hypervisor\n\n"
                + "processor\t: 1\nmodel name\t: AMD EPYC\nphysical id\t: 0\ncore id\t: 0\n")
            .With(Status, "Package: linux-image-6.1.0-26-amd64\nStatus: install ok installed\nSource: linux-signed-amd64 (6.1.112+1)\nVersion: 6.1.112-1\n");
        var it = await ReadAsync();
        Assert.Equal(new("debian", "12", "bookworm", "Debian GNU/Linux 12 (bookworm)", ""), it.Os);
        Assert.Equal("6.1.0-25-amd64", it.Kernel);
        Assert.Contains("Debian 6.1.106-3", it.KernelBuild, StringComparison.Ordinal);
        Assert.Equal(["6.1.0-9-amd64", "6.1.0-25-amd64", "6.1.0-26-amd64"], it.Kernels);
        Assert.True(it.RestartRequired);
        Assert.Equal(["linux-image-6.1.0-26-amd64", "linux-base"], it.RestartFor);
        Assert.Equal(("QEMU", "qemu", "AMD EPYC", 2, 1, 4018576L * 1024),
            (it.Hardware.Vendor, it.Hardware.Virtualization, it.Hardware.Cpu, it.Hardware.Cpus, it.Hardware.Cores, it.Hardware.Memory));
        Assert.Equal("dpkg", it.PackageSystem);
        Assert.Equal(("linux-signed-amd64", "6.1.112+1"), (it.Packages[0].Source, it.Packages[0].Version));
    }

    [Fact]
    public async Task The_json_has_the_words_that_others_read()
    {
        _host.With("/etc/os-release", "ID=debian\nVERSION_CODENAME=bullseye\n").With("/proc/sys/kernel/osrelease", "5.10.0-30-amd64\n")
            .With(Status, "Package: libssl1.1\nStatus: install ok installed\nSource: openssl\nVersion: 1.1.1n-0+deb11u3\n");
        var json = JsonDocument.Parse((await new InventoryReader(_host.Root, _time).ReadAsync(Ct))!).RootElement;
        Assert.Equal("bullseye", json.GetProperty("os").GetProperty("codename").GetString());
        Assert.Equal("5.10.0-30-amd64", json.GetProperty("kernel").GetString());
        Assert.Equal("""[{"source":"openssl","version":"1.1.1n-0+deb11u3","binaries":["libssl1.1"]}]""", json.GetProperty("packages").GetRawText());
    }

    [Fact]
    public async Task An_empty_host_is_told_as_empty_and_guesses_nothing()
    {
        var it = await ReadAsync();
        Assert.Equal("", it.Os.Id);
        Assert.Null(it.RestartRequired);
        Assert.Empty(it.Packages);
        Assert.Equal("", it.Hardware.Virtualization);
    }

    [Fact]
    public async Task What_has_not_changed_is_told_once_and_packages_are_read_again_when_their_file_has_another_time()
    {
        _host.With(Status, "Package: a\nStatus: install ok installed\nVersion: 1\n");
        Touch(Status, 0);
        var reader = new InventoryReader(_host.Root, _time);
        Assert.NotNull(await reader.ReadAsync(Ct));
        Assert.Null(await reader.ReadAsync(Ct));
        _host.With(Status, "Package: a\nStatus: install ok installed\nVersion: 2\n");
        Touch(Status, 0);
        Assert.Null(await reader.ReadAsync(Ct)); // the time alone is looked at: that is what makes a look cheap
        Touch(Status, 1);
        Assert.Equal("2", Parse((await reader.ReadAsync(Ct))!).Packages[0].Version);
        _host.With("/run/reboot-required", "");
        var told = Parse((await reader.ReadAsync(Ct))!);
        Assert.True(told.RestartRequired);
        Assert.Single(told.Packages); // a document is always whole
    }

    [Fact]
    public async Task Services_that_use_replaced_files_are_told_by_their_units()
    {
        const string Mapped = "7f00 r-xp 00028000 08:01 123   /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)\n"
            + "7f01 r--p 00000000 08:01 124   /usr/lib/locale/locale-archive (deleted)\n"
            + "7f02 r-xp 00000000 00:05 9     /memfd:jit (deleted)\n7f03 r-xp 00000000 08:01 7  /tmp/compiled.so (deleted)\n";
        _host.With("/proc/71/maps", Mapped).With("/proc/71/cgroup", "0::/system.slice/ssh.service\n")
            .With("/proc/72/maps", Mapped).With("/proc/72/cgroup", "0::/system.slice/ssh.service\n")
            .With("/proc/73/maps", Mapped).With("/proc/73/cgroup", "0::/\n").With("/proc/73/comm", "own-thing\n")
            .With("/proc/74/maps", Mapped.Replace(" (deleted)", "", StringComparison.Ordinal))
            .With("/proc/75/maps", Mapped).With("/proc/75/cgroup", "12:pids:/x\n1:name=systemd:/user.slice/user-1000.slice/session-3.scope\n");
        var it = await ReadAsync();
        Assert.Equal([("own-thing", 1), ("session-3.scope", 1), ("ssh.service", 2)], it.Services.Select(s => (s.Unit, s.Processes)));
        Assert.All(it.Services, s => Assert.Equal(["/usr/lib/x86_64-linux-gnu/libssl.so.3"], s.Files));
    }

    [Fact]
    public async Task A_source_that_fails_is_noted_and_tried_again()
    {
        var source = new FailingSource();
        _host.With("/mark", "");
        var reader = new InventoryReader(_host.Root, [source], _time);
        Assert.Equal(["broken: the disk is on fire"], Parse((await reader.ReadAsync(Ct))!).Notes);
        source.IsWell = true;
        Assert.Equal("a", Parse((await reader.ReadAsync(Ct))!).Packages[0].Source);
        Assert.Null(await reader.ReadAsync(Ct));
    }

    [Theory]
    [InlineData(3_000, 0, true)]
    [InlineData(6_000, 1, true)]
    [InlineData(9_000, 2, true)]
    [InlineData(50_000, 3, false)]
    public void A_host_with_very_many_packages_fits_what_the_hub_takes(int packages, int notes, bool all)
    {
        var document = new InventoryDocument(new("debian", "13", "trixie", "", ""), "", "", [], null, [], new("", "", "", "", "", 0, 0, 0), [], "dpkg",
            [.. Enumerable.Range(0, packages).Select(i => new PackageInfo($"golang-github-source-{i}", $"1:{i}.20240112+dfsg-3~deb13u1",
                [$"golang-github-source-{i}-dev"], "Debian Go Packaging Team <pkg-go-maintainers@lists.alioth.debian.org>"))], [], 0, []);
        var json = document.Write();
        Assert.InRange(json.Length, 100, 1 << 20);
        var read = Parse(json);
        Assert.Equal(notes, read.Notes.Count);
        Assert.Equal((notes == 0, notes < 2, all),
            (read.Packages[0].Maintainer is not null, read.Packages[0].Binaries.Count > 0, read.Packages.Count == packages));
    }

    sealed class FailingSource : IPackageSource
    {
        public bool IsWell { get; set; }

        public string Name => "broken";

        public IReadOnlyList<string> Marks => ["/mark"];

        public ValueTask ReadAsync(PackageList list, CancellationToken ct)
        {
            if (!IsWell)
                throw new IOException("the disk is on fire");
            list.Add("a", "1", "", "", "");
            return default;
        }
    }

    public void Dispose() => _host.Dispose();
}
