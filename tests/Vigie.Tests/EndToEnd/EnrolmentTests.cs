using System.Diagnostics;
using System.Text.Json;
using Vigie.Hub.Accounts;
using Vigie.Hub.Enrolment;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>A second server, in a folder of its own, is added by the printed line, with the agent that is compiled ahead of time.</summary>
public sealed class EnrolmentTests : IDisposable
{
    const string Arch = "vigie-agent-linux-x64", ArchArm = "vigie-agent-linux-arm64";

    readonly TempFolder _server = new();

    static void HandOut(TestHub hub)
    {
        string agent = PublishedAgent.Need();
        string folder = Path.Combine(hub.Folder.Path, "agents");
        Directory.CreateDirectory(folder);
        File.Copy(agent, Path.Combine(folder, agent.Contains("arm64", StringComparison.Ordinal) ? ArchArm : Arch));
    }

    string At(string path) => Path.Combine(_server.Path, path);

    /// <summary>Runs a line of a shell to its end.</summary>
    static async Task<(int Code, string Output)> ShellAsync(string line)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line + " 2>&1"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, output);
    }

    Task<(int Code, string Output)> PasteAsync(string line, string more = "") =>
        ShellAsync($"{line.Replace("sudo ", "", StringComparison.Ordinal)} --root {_server.Path} {more}");

    [Fact]
    public async Task The_printed_line_installs_an_agent_that_reports_under_a_credential_of_its_own()
    {
        await using var hub = await TestHub.StartAsync();
        HandOut(hub);
        var printed = JsonDocument.Parse(await Cli.OkAsync(hub.Folder.Path, "enroll", "--json")).RootElement;
        string line = printed.GetProperty("line").GetString()!
            .Replace(printed.GetProperty("hub").GetString()!, hub.Address.ToString().TrimEnd('/'), StringComparison.Ordinal); // a port of its own

        var (code, output) = await PasteAsync(line, "--name web2 --interval 30s");
        Assert.True(code == 0, output);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("etc/vigie-agent/token")));
        string unit = await File.ReadAllTextAsync(At("etc/systemd/system/vigie-agent.service"));
        string start = unit.Split('\n').Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        Assert.EndsWith("--name web2 --interval 30s", start);

        // As the service manager would start it, with the folder in front of each path.
        string command = start.Replace("/usr/local", At("usr/local"), StringComparison.Ordinal)
            .Replace("/etc/", At("etc/"), StringComparison.Ordinal);
        (code, output) = await ShellAsync($"{command} --once --spool none");
        Assert.True(code == 0, output);
        using var reader = await hub.ClientAsync(TokenScope.Read);
        Assert.Contains("\"host\":\"web2\"", await reader.GetStringAsync("/api/v1/query?query=vigie_probe_success"), StringComparison.Ordinal);
        Assert.Contains("web2", await Cli.OkAsync(hub.Folder.Path, "token", "list"), StringComparison.Ordinal);

        // What was pasted twice adds no second server.
        (code, output) = await PasteAsync(line, "--name web3");
        Assert.NotEqual(0, code);
        Assert.Contains("unknown, used up or too old", output);

        (code, output) = await ShellAsync($"curl -fsSL {hub.Address}install | sh -s -- --uninstall --root {_server.Path}");
        Assert.True(code == 0, output);
        Assert.Empty(Directory.GetFiles(_server.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_line_with_a_pin_trusts_the_key_that_the_hub_shows_from_the_first_byte_to_the_last_sample()
    {
        using TlsFront front = new(), other = new();
        string address = front.Address.ToString().TrimEnd('/');
        await using var hub = await TestHub.StartAsync(options: o => o with { Server = o.Server with { PublicUrl = address } });
        front.LeadTo(hub.Address);
        other.LeadTo(hub.Address);
        HandOut(hub);
        string token = await hub.Get<EnrolmentStore>().CreateAsync(1, TimeSpan.FromHours(1));
        string pin = await ShownKey.OfAsync(front.Address, TestContext.Current.CancellationToken);

        // Another key, and none at all where nobody has signed it: curl fetches nothing, and the shell has nothing to run.
        string wrong = await ShownKey.OfAsync(other.Address, TestContext.Current.CancellationToken);
        foreach (string line in new[] { InstallScript.Line(address, token, wrong), InstallScript.Line(address, token) })
        {
            await PasteAsync(line);
            Assert.Empty(Directory.GetFileSystemEntries(_server.Path));
        }

        var (code, output) = await PasteAsync(InstallScript.Line(address, token, pin), "--name web4");
        Assert.True(code == 0, output);
        string start = (await File.ReadAllTextAsync(At("etc/systemd/system/vigie-agent.service"))).Split('\n')
            .Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        Assert.Contains($"--hub {address} ", start, StringComparison.Ordinal);
        Assert.Contains($"--pin {pin} ", start, StringComparison.Ordinal);
        string command = start.Replace("/usr/local", At("usr/local"), StringComparison.Ordinal).Replace("/etc/", At("etc/"), StringComparison.Ordinal);
        (code, output) = await ShellAsync($"{command.Replace(pin, wrong, StringComparison.Ordinal)} --once --spool none");
        Assert.NotEqual(0, code);
        Assert.Contains("certificate", output);
        (code, output) = await ShellAsync($"{command} --once --spool none");
        Assert.True(code == 0, output);
        using var reader = await hub.ClientAsync(TokenScope.Read);
        Assert.Contains("\"host\":\"web4\"", await reader.GetStringAsync("/api/v1/query?query=vigie_probe_success"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_credential_sends_nothing_more()
    {
        await using var hub = await TestHub.StartAsync();
        string enrolment = await hub.Get<EnrolmentStore>().CreateAsync(1, TimeSpan.FromHours(1));
        string credential = (await hub.Get<EnrolmentStore>().RedeemAsync(enrolment, "web2"))!;
        Assert.NotNull(await hub.Get<TokenStore>().CheckAsync(credential, default));
        await Cli.OkAsync(hub.Folder.Path, "token", "revoke", "web2");
        await hub.Get<TokenStore>().RevokeAsync("none"); // this process looks for others' revocations every few seconds
        Assert.Null(await hub.Get<TokenStore>().CheckAsync(credential, default));
    }

    [Fact]
    public async Task An_agent_that_was_changed_on_the_way_is_not_installed()
    {
        await using var hub = await TestHub.StartAsync();
        HandOut(hub);
        string token = await hub.Get<EnrolmentStore>().CreateAsync(1, TimeSpan.FromHours(1));
        var (_, script) = await ShellAsync($"curl -fsSL {hub.Address}install");
        string file = At("install.sh");
        string sum = hub.Get<AgentFiles>().Sum(Arch) is { Length: > 0 } x64 ? x64 : hub.Get<AgentFiles>().Sum(ArchArm);
        await File.WriteAllTextAsync(file, script.Replace(sum, new string('0', 64), StringComparison.Ordinal));
        var (code, output) = await ShellAsync($"sh {file} --token {token} --root {_server.Path}");
        Assert.NotEqual(0, code);
        Assert.Contains("is not the hub's agent", output);
        Assert.False(Directory.Exists(At("usr")));
    }

    [Theory]
    [InlineData("--name 'a;b'", "has other signs")]
    [InlineData("--interval '1s --hub x'", "is no time")]
    [InlineData("--colour", "usage:")]
    public async Task What_can_t_be_meant_is_refused_before_anything_is_fetched(string more, string words)
    {
        await using var hub = await TestHub.StartAsync();
        var (code, output) = await PasteAsync($"curl -fsSL {hub.Address}install | sh -s -- --token x", more);
        Assert.NotEqual(0, code);
        Assert.Contains(words, output);
    }

    [Fact]
    public async Task Without_an_agent_to_hand_out_the_command_says_how_to_build_one()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        await Cli.FailsAsync(folder.Path, "packaging/build-agent.sh", "enroll");
    }

    public void Dispose() => _server.Dispose();
}
