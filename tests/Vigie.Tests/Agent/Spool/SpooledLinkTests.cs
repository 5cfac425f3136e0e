using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Link;
using Vigie.Agent.Spool;
using Vigie.Tests.Agent.Link;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Spool;

/// <summary>The way of samples by the disk, with the hub away and back.</summary>
public sealed class SpooledLinkTests : IDisposable
{
    static readonly ExportOutcome Away = new(ExportResult.Retry, Reason: "hub:5000 could not be reached: Connection refused");

    readonly TempFolder _folder = new();
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    readonly ConcurrentQueue<string> _log = new();

    DiskSpool Spool() => DiskSpool.Open(_folder["spool"], new(1024 * 1024, TimeSpan.FromHours(24)), _time);

    HubLink Link(IExporter exporter, DiskSpool? spool)
    {
        var link = new HubLink(exporter, new(1000, TimeSpan.FromHours(24), _time), new(new Random(1)), _time,
            (level, text) => _log.Enqueue($"{level}: {text}"));
        if (spool is not null)
            link.Use(spool);
        return link;
    }

    static byte[] Round(int number) => BitConverter.GetBytes(number);

    static int Number(byte[] request) => BitConverter.ToInt32(request);

    [Fact]
    public async Task After_an_hour_without_the_hub_every_round_arrives_once_the_fresh_ones_first()
    {
        bool away = true;
        var exporter = new ScriptedExporter(_ => Volatile.Read(ref away) ? Away : ExportOutcome.Ok);
        using var spool = Spool();
        var link = Link(exporter, spool);
        using var stop = new CancellationTokenSource();
        var running = link.RunAsync(stop.Token);
        const int Rounds = 240; // an hour at 15 s
        for (int i = 0; i < Rounds; i++)
        {
            link.Add(Round(i), 10);
            await PassAsync(TimeSpan.FromSeconds(15));
        }
        Volatile.Write(ref away, false);
        link.Add(Round(Rounds), 10);
        for (int i = 0; i < 10_000 && exporter.Accepted.Count < Rounds + 1; i++)
            await PassAsync(TimeSpan.FromSeconds(1));
        await stop.CancelAsync();
        await Task.WhenAny(running);

        var arrived = exporter.Accepted.Select(Number).ToArray();
        Assert.Equal(Rounds, arrived[0]);
        Assert.Equal(Enumerable.Range(0, Rounds), arrived[1..]);
        Assert.Equal((0, 0), (link.SamplesDropped, spool.Waiting));
    }

    [Fact]
    public async Task What_a_stopped_agent_could_not_send_is_sent_by_the_next_one()
    {
        using (var spool = Spool())
        {
            var link = Link(new ScriptedExporter(_ => Away), spool);
            link.Add(Round(1), 10);
            link.Add(Round(2), 10);
            await link.FlushAsync(default);
        }
        var exporter = new ScriptedExporter(_ => ExportOutcome.Ok);
        using (var spool = Spool())
        {
            var link = Link(exporter, spool);
            link.Add(Round(3), 10);
            await link.FlushAsync(default);
        }
        Assert.Equal([3, 1, 2], exporter.Accepted.Select(Number));
        Assert.Contains("Information: 20 samples wait on the disk since the last run; they are sent behind the present", _log);
    }

    [Fact]
    public async Task While_the_hub_answers_nothing_is_written()
    {
        using var spool = Spool();
        var link = Link(new ScriptedExporter(_ => ExportOutcome.Ok), spool);
        for (int i = 0; i < 10; i++)
        {
            link.Add(Round(i), 10);
            await link.FlushAsync(default);
        }
        Assert.Equal(["lock"], Directory.GetFiles(_folder["spool"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task When_the_disk_refuses_memory_keeps_what_fits_and_that_is_told_once()
    {
        bool away = true;
        var exporter = new ScriptedExporter(_ => away ? Away : ExportOutcome.Ok);
        using var spool = Spool();
        Directory.Delete(_folder["spool"], recursive: true); // files can't be made any more
        var link = Link(exporter, spool);
        for (int i = 0; i < 3; i++)
        {
            link.Add(Round(i), 10);
            await link.FlushAsync(default);
        }
        away = false;
        await link.FlushAsync(default);
        Assert.Equal([0, 1, 2], exporter.Accepted.Select(Number).Order());
        Assert.Single(_log, line => line.StartsWith("Warning: the spool fails: ", StringComparison.Ordinal));
        Assert.Equal(0, link.SamplesDropped);
    }

    [Fact]
    public async Task A_refusal_for_good_ends_a_spooled_round_too()
    {
        using var spool = Spool();
        var link = Link(new ScriptedExporter(call => call < 1 ? Away : new(ExportResult.Refused, Reason: "400")), spool);
        link.Add(Round(1), 10);
        await link.FlushAsync(default);
        await link.FlushAsync(default);
        Assert.Equal((10, 0), (link.SamplesDropped, spool.Waiting));
    }

    async Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Dispose();
}
