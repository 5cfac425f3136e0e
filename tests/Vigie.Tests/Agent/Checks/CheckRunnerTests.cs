using Microsoft.Extensions.Time.Testing;
using Vigie.Agent;
using Vigie.Agent.Checks;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Agent.Checks;

public sealed class CheckRunnerTests
{
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(Noon);
    readonly List<string> _log = [];
    readonly List<ICheck> _checks = [];

    sealed class ScriptedCheck(string name, Func<CancellationToken, Task<CheckOutcome>> run, double every = 60) : ICheck
    {
        public CheckPlan Plan { get; } = new(name, "test", TimeSpan.FromSeconds(every), TimeSpan.FromSeconds(30));

        public int Calls { get; private set; }

        public async ValueTask<CheckOutcome> RunAsync(CancellationToken ct)
        {
            Calls++;
            return await run(ct);
        }
    }

    static ScriptedCheck Giving(string name, Func<CheckState> state) =>
        new(name, _ => Task.FromResult(CheckOutcome.Of([new(name, state(), "said", Figures: [new("v", 1, CheckUnit.Bytes, Warning: new(null, 2))])])));

    CheckRunner Runner() => new(() => _checks, _time, (_, message) => _log.Add(message));

    async Task<string> RoundAsync(CheckRunner runner, double seconds = 15)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        runner.Start(_time.GetUtcNow(), default);
        await runner.SettleAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        var round = new OtlpSamples();
        runner.AddTo(round);
        return string.Join('\n', SamplePrinter.Lines(round));
    }

    [Fact]
    public async Task A_result_is_told_at_every_round_and_found_anew_by_its_own_interval()
    {
        var check = Giving("disk", () => CheckState.Warning);
        _checks.Add(check);
        var runner = Runner();
        for (int i = 0; i < 20; i++)
            Assert.Equal("vigie.check.bytes{check=\"disk\", label=\"v\"} 1 By\n"
                + "vigie.check.limit{check=\"disk\", label=\"v\", limit=\"warning_high\"} 2\n"
                + "vigie.check.status{check=\"disk\"} 1", await RoundAsync(runner));
        Assert.InRange(check.Calls, 5, 6);
    }

    [Fact]
    public async Task What_fails_is_unknown_with_its_reason_and_disturbs_no_other()
    {
        _checks.Add(Giving("good", () => CheckState.Ok));
        _checks.Add(new ScriptedCheck("bad", _ => throw new InvalidOperationException("the disk is on fire")));
        var runner = Runner();
        await RoundAsync(runner);
        Assert.Equal([("good", CheckState.Ok, "said"), ("bad", CheckState.Unknown, "the disk is on fire")],
            runner.Reports.Select(r => (r.Result.Name, r.Result.State, r.Result.Text)));
        Assert.Equal(["check bad is unknown: the disk is on fire"], _log);
    }

    [Fact]
    public async Task What_hangs_is_ended_and_not_started_again_while_it_hangs()
    {
        var never = new TaskCompletionSource<CheckOutcome>();
        var check = new ScriptedCheck("hangs", _ => never.Task);
        _checks.Add(check);
        _checks.Add(Giving("good", () => CheckState.Ok));
        var runner = Runner();
        runner.Start(Noon, default);
        while (runner.Reports.Count < 2)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        Assert.Equal("it did not finish within 30 s and was ended", runner.Reports[0].Result.Text);
        await RoundAsync(runner, 120);
        Assert.Equal((1, "its last run hangs still, so it was not started again"), (check.Calls, runner.Reports[0].Result.Text));
    }

    [Fact]
    public async Task A_state_knows_since_when_it_holds_and_services_that_were_told_of_are_unknown_when_their_source_fails()
    {
        bool broken = false;
        _checks.Add(new ScriptedCheck("local", _ => broken
            ? throw new InvalidOperationException("gone")
            : Task.FromResult(CheckOutcome.Of([new("a", CheckState.Ok, ""), new("b", CheckState.Critical, "")]))));
        var runner = Runner();
        await RoundAsync(runner);
        await RoundAsync(runner, 60);
        Assert.Equal([Noon.AddSeconds(15).ToUnixTimeMilliseconds()], runner.Reports.Select(r => r.SinceMs).Distinct());
        broken = true;
        await RoundAsync(runner, 60);
        Assert.Equal([("a", CheckState.Unknown), ("b", CheckState.Unknown)], runner.Reports.Select(r => (r.Result.Name, r.Result.State)));
        Assert.Equal([Noon.AddSeconds(135).ToUnixTimeMilliseconds()], runner.Reports.Select(r => r.SinceMs).Distinct());
    }

    [Fact]
    public async Task Of_two_results_with_one_name_the_first_counts()
    {
        _checks.AddRange([Giving("a", () => CheckState.Ok), Giving("a", () => CheckState.Critical)]);
        Assert.Single((await RoundAsync(Runner())).Split('\n'), l => l.StartsWith("vigie.check.status", StringComparison.Ordinal));
    }
}
