using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent;
using Vigie.Agent.Link;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Agent.Link;

public sealed class HubLinkTests : IAsyncDisposable
{
    static readonly ExportOutcome Away = new(ExportResult.Retry, Reason: "hub:5000 could not be reached: Connection refused");

    readonly FakeTimeProvider _time = new();
    readonly ConcurrentQueue<string> _log = new();
    readonly CancellationTokenSource _stop = new();
    Task _running = Task.CompletedTask;

    HubLink Link(IExporter exporter) =>
        new(exporter, new(1000, TimeSpan.FromDays(30), _time), new(new Random(1)), _time,
            (level, text) => _log.Enqueue($"{level}: {text}"));

    HubLink Started(IExporter exporter)
    {
        var link = Link(exporter);
        _running = link.RunAsync(_stop.Token);
        return link;
    }

    async Task UntilAsync(Func<bool> done)
    {
        while (!done())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    string[] Dropped(HubLink link)
    {
        var round = new OtlpSamples();
        link.Report(round);
        return [.. SamplePrinter.Lines(round)];
    }

    [Fact]
    public async Task While_the_hub_is_away_samples_wait_and_then_arrive_once_fresh_first()
    {
        bool away = true;
        var exporter = new ScriptedExporter(_ => Volatile.Read(ref away) ? Away : ExportOutcome.Ok);
        var link = Started(exporter);
        link.Add(new byte[] { 1 }, 10);
        await exporter.CallAsync();
        link.Add(new byte[] { 2 }, 10);
        link.Add(new byte[] { 3 }, 10);
        Volatile.Write(ref away, false);
        await UntilAsync(() => exporter.Accepted.Count == 3);
        Assert.Equal([3, 1, 2], exporter.Accepted.Select(sent => sent[0]));
        Assert.Equal(0, link.SamplesDropped);
        Assert.Equal(["Warning: hub:5000 could not be reached: Connection refused; samples are kept and sent later",
            "Information: the hub takes samples again"], _log);
    }

    [Fact]
    public async Task A_refusal_for_good_is_counted_logged_and_not_repeated()
    {
        var exporter =
            new ScriptedExporter(call => call == 0 ? new(ExportResult.Refused, Reason: "hub:5000 answered 400") : ExportOutcome.Ok);
        var link = Started(exporter);
        link.Add(new byte[] { 1 }, 10);
        await exporter.CallAsync();
        link.Add(new byte[] { 2 }, 5);
        Assert.Equal(2, (await exporter.CallAsync())[0]);
        Assert.Equal(
            ["vigie.agent.samples_dropped{reason=\"queue_full\"} 0 {sample}", "vigie.agent.samples_dropped{reason=\"too_old\"} 0 {sample}",
             "vigie.agent.samples_dropped{reason=\"damaged\"} 0 {sample}", "vigie.agent.samples_dropped{reason=\"refused\"} 10 {sample}",
             "vigie.agent.samples_waiting 0 {sample}"], Dropped(link));
        Assert.StartsWith("Error: hub:5000 answered 400; 10 samples are dropped", _log.First());
    }

    [Fact]
    public async Task Samples_rejected_in_part_are_counted_and_the_rest_is_not_sent_again()
    {
        var exporter =
            new ScriptedExporter(_ => new(ExportResult.Accepted, Rejected: 3, Reason: "the hub rejected 3 samples: too many series"));
        var link = Link(exporter);
        link.Add(new byte[] { 1 }, 10);
        await link.FlushAsync(default);
        await link.FlushAsync(default);
        Assert.Equal(3, link.SamplesDropped);
        Assert.Single(exporter.Accepted);
        Assert.Equal(["Warning: the hub rejected 3 samples: too many series"], _log);
    }

    [Fact]
    public async Task The_wait_that_the_hub_asks_for_is_kept()
    {
        var exporter = new ScriptedExporter(call => call == 0
            ? new(ExportResult.Retry, Reason: "busy", RetryAfter: TimeSpan.FromMinutes(10))
            : ExportOutcome.Ok);
        var link = Started(exporter);
        var began = _time.GetUtcNow();
        link.Add(new byte[] { 1 }, 1);
        await UntilAsync(() => exporter.Accepted.Count == 1);
        Assert.True(_time.GetUtcNow() - began >= TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task An_exporter_that_throws_is_tried_again()
    {
        var exporter =
            new ScriptedExporter(call => call == 0 ? throw new InvalidOperationException("the store is closing") : ExportOutcome.Ok);
        var link = Started(exporter);
        link.Add(new byte[] { 1 }, 1);
        await UntilAsync(() => exporter.Accepted.Count == 1);
        Assert.StartsWith("Warning: the store is closing", _log.First());
    }

    [Fact]
    public async Task Flushing_stops_at_the_first_failure()
    {
        var exporter = new ScriptedExporter(_ => Away);
        var link = Link(exporter);
        link.Add(new byte[] { 1 }, 1);
        link.Add(new byte[] { 2 }, 1);
        await link.FlushAsync(default);
        Assert.Equal(2, (await exporter.CallAsync())[0]);
        Assert.Equal(0, link.SamplesDropped);
    }

    [Fact]
    public void Waits_double_to_a_minute_and_are_shortened_by_up_to_half()
    {
        var backoff = new Backoff(new Random(1));
        double longest = 1;
        for (int i = 0; i < 12; i++, longest = Math.Min(longest * 2, 60))
            Assert.InRange(backoff.Next(null).TotalSeconds, longest / 2, longest);
        backoff.Reset();
        Assert.InRange(backoff.Next(null).TotalSeconds, 0.5, 1);
        Assert.InRange(backoff.Next(TimeSpan.FromDays(9)).TotalHours, 1, 1.1);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running);
        _stop.Dispose();
    }
}
