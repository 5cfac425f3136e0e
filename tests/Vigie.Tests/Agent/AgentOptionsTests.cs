using Vigie.Agent;

namespace Vigie.Tests.Agent;

public sealed class AgentOptionsTests
{
    [Fact]
    public void The_defaults_are_right() => Assert.Empty(new AgentOptions().Errors());

    [Fact]
    public void Every_error_is_told_at_once_with_its_key_and_a_remedy()
    {
        var errors = new AgentOptions
        {
            HubUrl = "hub:5000",
            Token = "a b",
            TokenFile = "/nonexistent/token",
            Interval = TimeSpan.FromSeconds(0.5),
            ProbeTimeout = TimeSpan.Zero,
            HostName = "two words",
            Root = "/nonexistent/root",
            DisabledProbes = ["cpu", "gpu"],
            SendTimeout = TimeSpan.Zero,
            SpoolBytes = 1,
            QueueBytes = 1,
            QueueAge = TimeSpan.Zero,
        }.Errors();
        Assert.Equal(
            ["HubUrl", "Token, TokenFile", "TokenFile", "Token", "Interval", "ProbeTimeout", "HostName", "Root", "SendTimeout",
                "SpoolBytes", "QueueBytes", "QueueAge", "DisabledProbes"],
            errors.Select(e => e.Split(':')[0]));
        Assert.All(errors, e => Assert.Contains(';', e));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(15, true)]
    [InlineData(300, true)]
    [InlineData(1.5, false)]
    [InlineData(301, false)]
    public void The_interval_is_whole_seconds_up_to_five_minutes(double seconds, bool good) =>
        Assert.Equal(good, new AgentOptions { Interval = TimeSpan.FromSeconds(seconds) }.Errors().Count == 0);

    [Fact]
    public void The_token_is_the_first_line_of_its_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "  vgt_abc \nmore\n");
            Assert.Equal("vgt_abc", new AgentOptions { TokenFile = file }.ReadToken());
            File.WriteAllText(file, "\n");
            Assert.Contains(file, Assert.Throws<IOException>(() => new AgentOptions { TokenFile = file }.ReadToken()).Message);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
