using Vigie.Agent;

namespace Vigie.Tests.Agent;

public sealed class AgentArgumentsTests
{
    readonly List<string> _errors = [];

    AgentArguments Parse(string line, string? token = null) =>
        AgentArguments.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), token, _errors);

    [Fact]
    public void Every_option_is_read_with_its_value_behind_it_or_behind_an_equals_sign()
    {
        var read = Parse(
            "--hub http://h:5000 --token-file=/etc/t --interval 1m --timeout 500ms --name web1 "
            + "--probes-dir=/p --disable users,disk --per-core --root /host --once --print");
        Assert.Empty(_errors);
        Assert.Equal(("http://h:5000", "/etc/t", TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(500), "web1", "/p", "/host",
            true, true),
            (read.Options.HubUrl, read.Options.TokenFile, read.Options.Interval, read.Options.ProbeTimeout,
                read.Options.HostName, read.Options.ProbesDir,
                read.Options.Root, read.Once, read.Print));
        Assert.Equal(["users", "disk"], read.Options.DisabledProbes);
        Assert.True(read.Options.PerCore);
    }

    [Fact]
    public void The_token_of_the_environment_serves_when_no_other_is_given()
    {
        Assert.Equal("env", Parse("", "env").Options.Token);
        Assert.Equal("arg", Parse("--token arg", "env").Options.Token);
        Assert.Null(Parse("--token-file f", "env").Options.Token);
    }

    [Fact]
    public void What_is_not_understood_is_told_all_at_once()
    {
        Parse("--what --interval soon extra --hub");
        Assert.Equal(
            ["--what is not known; vigie-agent --help lists what is", "--interval: \"soon\" is no time; write it like 15s or 5m",
             "extra is not known; vigie-agent --help lists what is", "--hub needs a value behind it"], _errors);
    }

    [Fact]
    public void The_help_names_every_option()
    {
        foreach (var option in new[] { "--hub", "--token-file", "--token", "--interval", "--timeout", "--name", "--probes-dir",
            "--disable", "--per-core", "--root", "--once", "--print", "--help", "--version" })
            Assert.Contains($"  {option} ", AgentArguments.HelpText);
    }
}
