using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Hosts;

public sealed class GapFinderTests : IAsyncDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    static readonly MetricInfo Uptime = new("system.uptime", "s", MetricKind.Gauge, "Time since the start.");
    static readonly MetricInfo Dropped = new("vigie.agent.samples_dropped", "{sample}", MetricKind.Counter, "Dropped.");

    readonly FakeTimeProvider _time = new(Noon);
    TestHub? _hub;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Reports at these minutes past noon, each with the uptime in minutes and the samples dropped so far.</summary>
    async Task ReportAsync(IEnumerable<int> minutes, Func<int, double> uptime, double dropped = 0)
    {
        _hub ??= await TestHub.StartAsync(_time);
        foreach (int minute in minutes)
        {
            if (Noon.AddMinutes(minute) > _time.GetUtcNow())
                _time.SetUtcNow(Noon.AddMinutes(minute));
            SampleAttribute[] full = [new("reason", "queue_full")], old = [new("reason", "too_old")];
            await _hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of("web1", Noon.AddMinutes(minute),
                (Uptime, uptime(minute) * 60, []), (Dropped, dropped, full), (Dropped, 0, old)), "", Ct);
        }
    }

    async Task<string[]> GapsAsync()
    {
        var gaps = await _hub!.Get<GapFinder>().FindAsync(_hub.Get<HostDirectory>().Find("web1")!,
            Noon.ToUnixTimeMilliseconds(), Noon.AddHours(2).ToUnixTimeMilliseconds(), Ct);
        return [.. gaps.Select(g => $"{(g.From - Noon).TotalMinutes}-{(g.To - Noon).TotalMinutes} {g.Kind} {g.Dropped}")];
    }

    [Fact]
    public async Task A_host_that_started_behind_the_last_report_was_off()
    {
        await ReportAsync(Enumerable.Range(0, 10), minute => 1000 + minute);
        await ReportAsync(Enumerable.Range(40, 10), minute => minute - 38);
        Assert.Equal(["9-40 HostOff 0"], await GapsAsync());
    }

    [Fact]
    public async Task An_agent_that_dropped_samples_tells_how_many_and_one_that_was_started_anew_counts_from_zero()
    {
        await ReportAsync(Enumerable.Range(0, 10), minute => 1000 + minute, dropped: 5);
        await ReportAsync(Enumerable.Range(40, 10), minute => 1000 + minute, dropped: 905);
        await ReportAsync(Enumerable.Range(80, 10), minute => 1000 + minute, dropped: 12);
        Assert.Equal(["49-80 SamplesDropped 12", "9-40 SamplesDropped 900"], await GapsAsync());
    }

    [Fact]
    public async Task A_host_that_was_on_and_tells_no_more_had_its_agent_cut_off_until_the_samples_arrive()
    {
        await ReportAsync(Enumerable.Range(0, 10), minute => 1000 + minute);
        await ReportAsync(Enumerable.Range(40, 10), minute => 1000 + minute);
        Assert.Equal(["9-40 AgentCutOff 0"], await GapsAsync());
        await ReportAsync(Enumerable.Range(10, 30), minute => 1000 + minute);
        Assert.Empty(await GapsAsync());
    }

    [Fact]
    public async Task A_report_that_is_late_is_no_gap()
    {
        await ReportAsync([0, 1, 2, 6, 7], minute => 1000 + minute);
        Assert.Empty(await GapsAsync());
    }

    [Fact]
    public async Task The_page_tells_of_it()
    {
        await ReportAsync(Enumerable.Range(0, 10), minute => 1000 + minute);
        await ReportAsync(Enumerable.Range(40, 10), minute => minute - 38);
        using var person = await _hub!.PersonAsync();
        string page = await person.GetStringAsync("/hosts/web1?range=1h");
        Assert.Contains("Times without samples", page);
        Assert.Contains("12:09", page);
        Assert.Contains("the server was off", page);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
    }
}
