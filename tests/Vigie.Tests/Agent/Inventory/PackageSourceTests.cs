using System.Diagnostics;
using Vigie.Agent.Inventory;
using Vigie.Agent.Reading;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Inventory;

public sealed class PackageSourceTests : IDisposable
{
    readonly HostFolder _host = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<IReadOnlyList<PackageInfo>> ReadAsync(IPackageSource source)
    {
        var list = new PackageList();
        await source.ReadAsync(list, Ct);
        return list.ToList();
    }

    static string Show(PackageInfo p) => $"{p.Source} {p.Version} [{string.Join(' ', p.Binaries)}] {p.Maintainer}".TrimEnd();

    [Fact]
    public async Task Dpkgs_packages_stand_under_their_sources()
    {
        _host.With("/var/lib/dpkg/status", """
            Package: libssl3
            Status: install ok installed
            Maintainer: Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>
            Architecture: amd64
            Source: openssl
            Version: 3.0.17-1~deb12u2
            Description: Secure Sockets Layer toolkit
             Package: not a field, but a line of the description

            Package: libssl3
            Status: install ok installed
            Architecture: i386
            Source: openssl
            Version: 3.0.17-1~deb12u2

            Package: openssl
            Status: hold ok installed
            Version: 3.0.17-1~deb12u2

            Package: libgcc-s1
            Status: install ok unpacked
            Source: gcc-12 (12.2.0-14+deb12u1)
            Version: 12.2.0-14+deb12u1+b1

            Package: removed
            Status: deinstall ok config-files
            Version: 1

            Package: nginx
            Status: install ok installed
            Version: 1.29.0-1~bookworm
            Maintainer: NGINX Packaging <nginx-packaging@f5.com>
            """);
        Assert.Equal(
        [
            "gcc-12 12.2.0-14+deb12u1 [libgcc-s1]",
            "nginx 1.29.0-1~bookworm [nginx] NGINX Packaging <nginx-packaging@f5.com>",
            "openssl 3.0.17-1~deb12u2 [libssl3 openssl] Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>",
        ], (await ReadAsync(new DpkgPackages(_host.Root))).Select(Show));
    }

    [Fact]
    public async Task An_image_without_dpkg_has_a_file_for_each_package()
    {
        _host.With("/var/lib/dpkg/status.d/libc6", "Package: libc6\nSource: glibc\nVersion: 2.36-9+deb12u10\n")
            .With("/var/lib/dpkg/status.d/libc6.md5sums", "d41d8cd98f00b204e9800998ecf8427e  lib/libc.so\n")
            .With("/var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2025b-0+deb12u1\n\n");
        Assert.Equal(["glibc 2.36-9+deb12u10 [libc6]", "tzdata 2025b-0+deb12u1 [tzdata]"],
            (await ReadAsync(new DpkgPackages(_host.Root))).Select(Show));
    }

    [Fact]
    public async Task Apks_packages_stand_under_their_origins()
    {
        _host.With("/lib/apk/db/installed", """
            C:Q1lEzK1KHnVkPLQGHxXFXJwzJCLRk=
            P:libcrypto3
            V:3.3.2-r0
            A:x86_64
            o:openssl
            m:Ariadne Conill <ariadne@dereferenced.org>
            F:lib
            R:libcrypto.so.3

            P:libssl3
            V:3.3.2-r0
            o:openssl

            P:musl
            V:1.2.5-r0
            """);
        Assert.Equal(["musl 1.2.5-r0 [musl]", "openssl 3.3.2-r0 [libcrypto3 libssl3] Ariadne Conill <ariadne@dereferenced.org>"],
            (await ReadAsync(new ApkPackages(_host.Root))).Select(Show));
    }

    [Fact]
    public async Task Rpms_tool_is_asked_and_its_sources_are_taken_apart()
    {
        _host.With("/var/lib/rpm/rpmdb.sqlite", "");
        string tool = Tool("""
            #!/bin/sh
            [ "$1" = --dbpath ] && [ -e "$2/rpmdb.sqlite" ] || exit 3
            printf 'openssl-libs\t1:3.0.7-27.el9\topenssl-3.0.7-27.el9.src.rpm\tRed Hat, Inc.\n'
            printf 'openssl\t1:3.0.7-27.el9\topenssl-3.0.7-27.el9.src.rpm\tRed Hat, Inc.\n'
            printf 'gpg-pubkey\tfd431d51-4ae0493b\t(none)\t(none)\n'
            printf 'python3-libs\t3.9.18-3.el9\tpython3.9-3.9.18-3.el9.src.rpm\t(none)\n'
            """);
        Assert.Equal(["openssl 1:3.0.7-27.el9 [openssl openssl-libs] Red Hat, Inc.", "python3.9 3.9.18-3.el9 [python3-libs]"],
            (await ReadAsync(new RpmPackages(_host.Root, TimeProvider.System, tool))).Select(Show));
    }

    [Fact]
    public async Task Rpms_tool_is_started_only_where_there_is_a_database_and_its_failure_is_told()
    {
        string tool = Tool("#!/bin/sh\necho 'error: database is damaged' >&2\nexit 1\n");
        Assert.Empty(await ReadAsync(new RpmPackages(_host.Root, TimeProvider.System, tool)));
        _host.With("/var/lib/rpm/Packages", "");
        var failed = await Assert.ThrowsAsync<IOException>(() => ReadAsync(new RpmPackages(_host.Root, TimeProvider.System, tool)));
        Assert.Contains("database is damaged", failed.Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<IOException>(() => ReadAsync(new RpmPackages(_host.Root, TimeProvider.System, "/nowhere/rpm")));
        Assert.Contains("no /nowhere/rpm", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dpkgs_own_tool_says_the_same_of_this_machine()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/dpkg-query"), "this machine has no dpkg");
        using var query = Process.Start(new ProcessStartInfo("/usr/bin/dpkg-query",
            ["-W", "-f", "${source:Package} ${source:Version} ${Package}\t${db:Status-Status}\n"])
        { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = await query.StandardOutput.ReadToEndAsync(Ct);
        var theirs = output.Split('\n').Where(l => l.EndsWith("\tinstalled", StringComparison.Ordinal)).Select(l => l.Split('\t')[0]).ToHashSet();
        var ours = (await ReadAsync(new DpkgPackages(new HostRoot("/")))).SelectMany(p => p.Binaries.Select(b => $"{p.Source} {p.Version} {b}")).ToHashSet();
        Assert.NotEmpty(ours);
        Assert.Empty(theirs.Except(ours));
    }

    string Tool(string script)
    {
        string path = Path.Combine(_host.Path, "rpm");
        File.WriteAllText(path, script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return path;
    }

    public void Dispose() => _host.Dispose();
}
