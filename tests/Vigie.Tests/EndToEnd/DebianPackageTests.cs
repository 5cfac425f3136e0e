using System.Diagnostics;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>
/// The agent's Debian package, made by the script that makes the real one (around a stand-in for the program, which takes minutes to
/// compile), installed by the real dpkg into a root of its own, and taken out again.
/// </summary>
public sealed class DebianPackageTests
{
    [Fact]
    public void It_installs_into_another_root_and_leaves_nothing_when_it_is_purged()
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/dpkg-deb"))
            Assert.Skip("installing a package takes root and dpkg; run the tests as root on Debian or Ubuntu");
        using var folder = new TempFolder();
        string agent = folder["vigie-agent"], root = folder["root"];
        File.WriteAllText(agent, "#!/bin/sh\necho vigie-agent 9.8.7\n");
        File.SetUnixFileMode(agent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string package = Run("bash", Repository.Path("packaging/build-deb.sh"), folder["packages"], agent).Trim();
        Assert.StartsWith("vigie-agent_9.8.7_", Path.GetFileName(package), StringComparison.Ordinal);

        foreach (string part in new[] { "info", "updates", "triggers" })
            Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg", part));
        File.WriteAllText(Path.Combine(root, "var/lib/dpkg/status"), "");
        string[] before = Entries(root);
        Dpkg("--install", package);
        foreach (string file in new[]
            { "usr/bin/vigie-agent", "lib/systemd/system/vigie-agent.service", "etc/default/vigie-agent", "etc/vigie-agent/checks.conf" })
            Assert.True(File.Exists(Path.Combine(root, file)), file);
        Assert.Equal("vigie-agent 9.8.7\n", Run(Path.Combine(root, "usr/bin/vigie-agent"), "--version"));
        Assert.Contains("ExecStart=/usr/bin/vigie-agent $OPTIONS", File.ReadAllText(Path.Combine(root, "lib/systemd/system/vigie-agent.service")));
        Assert.Contains("Status: install ok installed", File.ReadAllText(Path.Combine(root, "var/lib/dpkg/status")));

        // What an administrator and the agent add goes, too, but only with the last word.
        File.WriteAllText(Path.Combine(root, "etc/vigie-agent/token"), "secret");
        Directory.CreateDirectory(Path.Combine(root, "var/lib/vigie-agent"));
        Dpkg("--remove", "vigie-agent");
        Assert.True(File.Exists(Path.Combine(root, "etc/vigie-agent/token")));
        Assert.False(File.Exists(Path.Combine(root, "usr/bin/vigie-agent")));
        Dpkg("--purge", "vigie-agent");
        Assert.Equal(before, Entries(root));

        void Dpkg(params string[] what) => Run("dpkg",
            ["--root=" + root, "--log=/dev/null", "--force-script-chrootless", "--force-depends", "--force-not-root", .. what]);
    }

    /// <summary>All there is but dpkg's own books, and the folders of other packages' that it has to make.</summary>
    static string[] Entries(string root) =>
    [
        .. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(e => Path.GetRelativePath(root, e))
            .Where(e => !e.StartsWith("var/lib/dpkg", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{error.Result}");
        return output;
    }
}
