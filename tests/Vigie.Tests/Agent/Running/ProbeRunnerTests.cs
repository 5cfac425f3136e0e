using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;
using Vigie.Agent.Running;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Agent.Running;

public sealed class ProbeRunnerTests
{
    static readonly DateTimeOffset Tick = DateTimeOffset.UnixEpoch.AddHours(1);
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    readonly FakeTimeProvider _time = new();
    readonly ConcurrentQueue<string> _log = new();

    ProbeRunner Runner(params IProbe[] probes)
    {
        ProbeSlot[] slots = [.. probes.Select(p => new ProbeSlot(p, _time, (level, message) => _log.Enqueue($"{level}: {message}"), 5))];
        return new(() => slots, new HostRoot("/nonexistent/vigie"), Timeout, _time);
    }

    /// <summary>A probe whose end can be waited for: the runner logs what it tells once its run is counted as done.</summary>
    static ScriptedProbe Telling(string name, double value) => new(name, (sink, _) =>
    {
        sink.Add(ScriptedProbe.Metric, value, new SampleAttribute("from", name));
        sink.NoData("told");
        return Task.CompletedTask;
    });

    async Task ToldAsync(string name)
    {
        while (!_log.Contains($"Information: probe {name} has no data: told"))
            await Task.Yield();
    }

    static async Task<string[]> RoundAsync(ProbeRunner runner, DateTimeOffset tick)
    {
        var round = new OtlpSamples();
        await runner.RunAsync(tick, round, default);
        return [.. SamplePrinter.Lines(round).Where(line => !line.StartsWith("vigie.probe.duration", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task Every_probe_gives_its_samples_and_its_own_two_metrics()
    {
        var round = new OtlpSamples();
        await Runner(ScriptedProbe.Giving("a", 1), ScriptedProbe.Giving("b", 2)).RunAsync(Tick, round, default);
        Assert.Equal(
            ["test.value{from=\"a\"} 1", "test.value{from=\"b\"} 2",
             "vigie.probe.duration{probe=\"a\"} 0 s", "vigie.probe.duration{probe=\"b\"} 0 s",
             "vigie.probe.success{probe=\"a\"} 1", "vigie.probe.success{probe=\"b\"} 1"],
            SamplePrinter.Lines(round));
    }

    [Fact]
    public async Task A_probe_that_throws_loses_its_samples_and_disturbs_no_other()
    {
        var broken = new ScriptedProbe("broken", (sink, _) =>
        {
            sink.Add(ScriptedProbe.Metric, 9);
            throw new FormatException("/proc/stat: a number was expected");
        });
        Assert.Equal(["test.value{from=\"good\"} 1", "vigie.probe.success{probe=\"broken\"} 0", "vigie.probe.success{probe=\"good\"} 1"],
            await RoundAsync(Runner(broken, ScriptedProbe.Giving("good", 1)), Tick));
        Assert.Equal(["Warning: probe broken failed: /proc/stat: a number was expected"], _log);
    }

    [Fact]
    public async Task A_probe_that_hangs_times_out_and_is_not_started_again_until_it_returns()
    {
        var started = new SemaphoreSlim(0);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = new ScriptedProbe("hanging", async (sink, _) =>
        {
            started.Release();
            await release.Task; // deaf to cancellation
            sink.Add(ScriptedProbe.Metric, 1);
        });
        var runner = Runner(hanging, Telling("good", 1));

        var first = RoundAsync(runner, Tick);
        await started.WaitAsync(TestContext.Current.CancellationToken);
        await ToldAsync("good");
        _time.Advance(Timeout);
        Assert.Equal(["test.value{from=\"good\"} 1", "vigie.probe.success{probe=\"hanging\"} 0", "vigie.probe.success{probe=\"good\"} 1"],
            await first);

        Assert.Contains("vigie.probe.success{probe=\"hanging\"} 0", await RoundAsync(runner, Tick.AddSeconds(15)));
        Assert.Equal(1, hanging.Calls);

        release.SetResult();
        string[] round;
        do
            round = await RoundAsync(runner, Tick.AddSeconds(30)); // the released call may need a moment to end
        while (!round.Contains("vigie.probe.success{probe=\"hanging\"} 1"));
        Assert.Equal(2, hanging.Calls);
        Assert.Equal(
            ["Warning: probe hanging failed: it did not finish within 10 s",
             "Warning: probe hanging failed: its last run hangs still, so it was not started again",
             "Information: probe hanging works again"], _log.Where(l => !l.Contains("good", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_probe_that_blocks_its_thread_holds_up_no_other()
    {
        using var started = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var blocking = new ScriptedProbe("blocking", (_, _) =>
        {
            started.Release();
            release.Wait(CancellationToken.None);
            return Task.CompletedTask;
        });
        var round = RoundAsync(Runner(blocking, Telling("good", 1)), Tick);
        await started.WaitAsync(TestContext.Current.CancellationToken);
        await ToldAsync("good");
        _time.Advance(Timeout);
        Assert.Contains("test.value{from=\"good\"} 1", await round);
        release.Set();
    }

    [Fact]
    public async Task A_reason_is_logged_once_until_it_changes()
    {
        string reason = "one";
        var failing = new ScriptedProbe("p", (_, _) => throw new IOException(reason));
        var runner = Runner(failing);
        await RoundAsync(runner, Tick);
        await RoundAsync(runner, Tick.AddSeconds(15));
        reason = "two";
        await RoundAsync(runner, Tick.AddSeconds(30));
        Assert.Equal(["Warning: probe p failed: one", "Warning: probe p failed: two"], _log);
    }

    [Fact]
    public async Task Having_no_data_is_a_success_whose_reason_is_logged_once()
    {
        var runner = Runner(new ScriptedProbe("p", (sink, _) =>
        {
            sink.NoData("/proc/x is missing");
            return Task.CompletedTask;
        }));
        Assert.Equal(["vigie.probe.success{probe=\"p\"} 1"], await RoundAsync(runner, Tick));
        await RoundAsync(runner, Tick.AddSeconds(15));
        Assert.Equal(["Information: probe p has no data: /proc/x is missing"], _log);
    }

    [Fact]
    public async Task A_probe_with_an_interval_of_its_own_runs_on_its_own_grid()
    {
        var seldom = ScriptedProbe.Giving("seldom", 1, interval: TimeSpan.FromMinutes(1));
        var runner = Runner(seldom);
        for (int second = 0; second < 120; second += 15)
            await RoundAsync(runner, Tick.AddSeconds(second));
        Assert.Equal(2, seldom.Calls);
        await RoundAsync(runner, Tick.AddHours(-1)); // the clock was put back
        Assert.Equal(3, seldom.Calls);
    }

    [Fact]
    public async Task Priming_reads_only_the_probes_that_compare_two_readings()
    {
        ScriptedProbe twice = ScriptedProbe.Giving("twice", 1, readsTwice: true), once = ScriptedProbe.Giving("once", 1);
        var prime = Runner(twice, once).PrimeAsync(default);
        while (twice.Calls == 0)
            await Task.Yield();
        while (!prime.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await prime;
        Assert.Equal((1, 0), (twice.Calls, once.Calls));
    }
}
