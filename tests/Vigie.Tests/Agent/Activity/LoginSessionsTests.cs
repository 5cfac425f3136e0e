using Vigie.Agent.Activity;
using Vigie.Tests.Agent.Probes;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Activity;

public sealed class LoginSessionsTests : IDisposable
{
    readonly HostFolder _host = new();

    IReadOnlyList<ReportedSession>? Read(bool hide = false) => new LoginSessions(_host.Root, new(_host.Root, hide)).Read();

    [Fact]
    public void Sessions_tell_who_from_where_since_when_and_when_they_were_used()
    {
        _host.With("/run/systemd/sessions/5", "USER=ada\nCLASS=user\nSTATE=active\nTTY=pts/0\nREMOTE_HOST=192.0.2.9\nREALTIME=1767225600000000\n")
            .With("/run/systemd/sessions/12", "USER=eve\nCLASS=user\nSTATE=active\nTTY=../../etc/passwd\nREALTIME=1767225500000000\n")
            .With("/dev/pts/0", "");
        File.SetLastAccessTimeUtc(_host.Root.Map("/dev/pts/0"), new(2026, 1, 1, 1, 2, 34, DateTimeKind.Utc));
        var sessions = Read()!;
        Assert.Equal(new("eve", "../../etc/passwd", "", 1767225500_000, null), sessions[0]);
        Assert.Equal(new("ada", "pts/0", "192.0.2.9", 1767225600_000, 1767225600_000 + (62 * 60_000)), sessions[1]);
    }

    [Fact]
    public void Nobody_is_not_the_same_as_not_known()
    {
        Assert.Null(Read());
        Directory.CreateDirectory(_host.Root.Map("/run/systemd/sessions"));
        Assert.Empty(Read()!);
    }

    [Fact]
    public async Task With_names_hidden_neither_document_nor_metric_holds_one()
    {
        _host.With("/run/systemd/sessions/5", "USER=ada\nCLASS=user\nSTATE=active\nTTY=pts/0\nREMOTE_HOST=192.0.2.9\nREALTIME=1767225600000000\n");
        var session = Assert.Single(Read(hide: true)!);
        Assert.StartsWith("user-", session.User, StringComparison.Ordinal);
        Assert.Equal("", session.From);
        var samples = await UsersAsync(hide: true);
        Assert.DoesNotContain("ada", samples, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.9", samples, StringComparison.Ordinal);
        Assert.Contains("ada", await UsersAsync(hide: false), StringComparison.Ordinal);
    }

    async Task<string> UsersAsync(bool hide) => (await CollectedProbe.FromAsync(Vigie.Agent.Probes.ProbeCatalog.Create("users",
        new(_host.Root, TimeProvider.System, TimeSpan.FromSeconds(9), HideUsers: hide)))).Text;

    public void Dispose() => _host.Dispose();
}
