using Vigie.Agent.Link;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Link;

/// <summary>The thread of the rounds sends, and must not be kept by a hub that takes its time.</summary>
public sealed class SlowHubTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static HttpExporter Exporter(ScriptedServer hub) => new(hub.Address, "secret", TimeSpan.FromSeconds(30), TimeProvider.System);

    [Fact]
    public async Task A_hub_that_is_well_has_answered_when_the_call_returns()
    {
        using var hub = new ScriptedServer(_ => ScriptedServer.Answer(200));
        using var exporter = Exporter(hub);
        Assert.Equal(ExportOutcome.Ok, await exporter.SendAsync(new byte[] { 1 }, 1, Ct)); // connects, which may take long
        for (int i = 0; i < 20; i++)
        {
            var call = exporter.SendAsync(new byte[] { 2 }, 1, Ct);
            Assert.Equal(ExportOutcome.Ok, await call);
        }
        Assert.Single(hub.Requests.Select(r => r.Connection).Distinct());
    }

    [Fact]
    public async Task A_slow_answer_is_waited_for_by_another_thread_on_the_same_connection()
    {
        var answer = new TaskCompletionSource();
        int asked = 0;
        using var hub = new ScriptedServer(async _ =>
        {
            if (Interlocked.Increment(ref asked) == 2)
                await answer.Task;
            return ScriptedServer.Answer(200);
        });
        using var exporter = Exporter(hub);
        await exporter.SendAsync(new byte[] { 1 }, 1, Ct);
        var slow = exporter.SendAsync(new byte[] { 2 }, 1, Ct); // returns although nobody has answered
        Assert.False(slow.IsCompleted);
        answer.SetResult();
        Assert.Equal(ExportOutcome.Ok, await slow);
        Assert.Equal([1, 1], hub.Requests.Select(r => r.Connection));
    }

    [Fact]
    public async Task An_answer_that_stops_in_the_middle_is_asked_for_again_on_another_connection()
    {
        int asked = 0;
        using var hub = new ScriptedServer(_ => Interlocked.Increment(ref asked) == 2
            ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive" // and then nothing more
            : ScriptedServer.Answer(200));
        using var exporter = Exporter(hub);
        await exporter.SendAsync(new byte[] { 1 }, 1, Ct);
        Assert.Equal(ExportOutcome.Ok, await exporter.SendAsync(new byte[] { 2 }, 1, Ct));
        Assert.Equal([1, 1, 2], hub.Requests.Select(r => r.Connection));
    }
}
