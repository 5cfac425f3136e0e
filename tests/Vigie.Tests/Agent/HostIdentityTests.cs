using Vigie.Agent;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent;

public sealed class HostIdentityTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("vigie-root-").FullName;

    void Write(string path, string text)
    {
        var target = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }

    Dictionary<string, object> Read(AgentOptions? options = null) =>
        HostIdentity.Read(options ?? new(), new HostRoot(_root)).ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal);

    [Fact]
    public void A_host_tells_its_name_its_number_and_its_system()
    {
        Write("etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");
        Write("etc/os-release", "# about\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME='Debian GNU/Linux'\nVERSION_ID=12\n");
        Write("proc/sys/kernel/hostname", "web1.example.org\n");
        var told = Read();
        Assert.Equal("web1.example.org", told["host.name"]);
        Assert.Equal("3d1219c7c4c5404aaa1f6d2a48adfda4", told["host.id"]);
        Assert.Equal(("linux", "Debian GNU/Linux", "12", "Debian GNU/Linux 12 (bookworm)"),
            (told["os.type"], told["os.name"], told["os.version"], told["os.description"]));
        Assert.Equal(("vigie-agent", 15.0), (told["service.name"], told["vigie.agent.interval"]));
    }

    [Fact]
    public void The_name_of_the_options_wins() => Assert.Equal("other", Read(new() { HostName = "other" })["host.name"]);

    [Fact]
    public void What_an_empty_host_does_not_tell_is_left_out()
    {
        var told = Read();
        Assert.NotEqual("", told["host.name"]);
        Assert.DoesNotContain("host.id", told.Keys);
        Assert.DoesNotContain("os.name", told.Keys);
    }

    [Theory]
    [InlineData("cpu 1 2 3\nbtime 1730000000\n", 1_730_000_000_000_000_000UL)]
    [InlineData("btime soon\n", 0UL)]
    [InlineData("", 0UL)]
    public void Counters_began_when_the_kernel_says(string stat, ulong nanoseconds)
    {
        Write("proc/stat", stat);
        Assert.Equal(nanoseconds, HostIdentity.BootUnixNano(new HostRoot(_root)));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
