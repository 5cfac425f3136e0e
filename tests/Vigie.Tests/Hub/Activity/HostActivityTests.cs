using System.Text;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Activity;
using Vigie.Hub.Ingest;
using Vigie.Hub.Snapshots;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Activity;

public sealed class HostActivityTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<string> PageAsync(byte[] document)
    {
        await using var hub = await TestHub.StartAsync(new FakeTimeProvider(Noon));
        await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of("web1", Noon, OtlpRequests.Memory(0.5)), "", Ct);
        await hub.Get<SnapshotStore>().SaveAsync("web1", ActivityDocument.Kind, document, Ct);
        using var person = await hub.PersonAsync();
        return await person.GetStringAsync("/hosts/web1", Ct);
    }

    static long Before(double minutes) => Noon.AddMinutes(-minutes).ToUnixTimeMilliseconds();

    [Fact]
    public async Task A_hosts_page_tells_who_is_logged_in_and_what_is_greedy()
    {
        string html = await PageAsync(new ActivityDocument(
            [new("ada", "pts/0", "192.0.2.9", Before(200), Before(12)), new("<i>eve</i>", "", "", 0, null)],
            [new(4711, "postgres", "postgres", 1.534, 2L << 30, Before(60))],
            [new(4712, "java", "tomcat", 0, 4L << 30, Before(90_000))], 312).Write());
        foreach (string told in new[] { "ada", "pts/0", "192.0.2.9",
            "3\u00a0h 20\u00a0min", "12\u00a0min", "153.4\u00a0%", "postgres", "2\u00a0GiB", "tomcat",
            "312", "&lt;i&gt;eve" })
            Assert.Contains(told, html.Replace("&#xA0;", "\u00a0", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"sessions":[null,{}],"byCpu":[null,{"cpu":1e300,"name":"x","since":9223372036854775807}],"byMemory":null}""")]
    [InlineData("""{"sessions":7}""")]
    public async Task A_hostile_document_breaks_no_page(string json) =>
        Assert.Contains("<h1", await PageAsync(Encoding.UTF8.GetBytes(json)), StringComparison.Ordinal);
}
