using Vigie.Agent.Checks.Kinds;
using Vigie.Agent.Running;

namespace Vigie.Agent.Checks;

/// <summary>A result with what is known of its runs.</summary>
/// <param name="SinceMs">When its state began, Unix milliseconds.</param>
/// <param name="RunMs">When it was found.</param>
sealed record CheckReport(CheckResult Result, string Kind, long SinceMs, long RunMs, TimeSpan Took);

/// <summary>
/// One check's place: runs it by its own interval beside the agent's rounds, ends it when its time is over, never starts it a second
/// time while it runs, and keeps what it has found until it has found something else.
/// </summary>
/// <param name="ended">Called at the end of each run.</param>
/// <param name="loop">Carries the waiting, and on its side thread what only reads a few files; null when the pool's threads do.</param>
sealed class CheckSlot(ICheck check, SemaphoreSlim places, TimeProvider time, AgentLog log, Action ended, RoundLoop? loop)
{
    readonly Dictionary<string, (CheckState State, long SinceMs)> _states = new(StringComparer.Ordinal);
    Task? _call;
    bool _isRunning;
    DateTimeOffset _lastStart = DateTimeOffset.MinValue;

    /// <summary>What the last run has found; empty before the first has ended.</summary>
    public IReadOnlyList<CheckReport> Reports { get; private set; } = [];

    public IReadOnlyList<PrintedMetrics> Printed { get; private set; } = [];

    /// <summary>How many runs have ended.</summary>
    public int Runs { get; private set; }

    public bool IsRunning => Volatile.Read(ref _isRunning);

    // An agent's checks share their intervals; their starts are spread over it by their names, after the first.
    public bool IsDue(DateTimeOffset tick)
    {
        if (IsRunning)
            return false;
        if (_lastStart == DateTimeOffset.MinValue || tick < _lastStart)
            return true;
        var grid = new TickGrid(check.Plan.Every);
        var shift = check.Plan.Every * (Spread(check.Plan.Name) / 256d);
        return grid.AtOrBefore(tick + shift) > grid.AtOrBefore(_lastStart + shift);
    }

    public void Start(DateTimeOffset tick, CancellationToken ct)
    {
        _lastStart = tick;
        Volatile.Write(ref _isRunning, true);
        _ = RunAsync(ct);
    }

    async Task RunAsync(CancellationToken ct)
    {
        bool hasPlace = false;
        try
        {
            await places.WaitAsync(ct);
            hasPlace = true;
            long began = time.GetTimestamp();
            var outcome = await OutcomeAsync(ct);
            ct.ThrowIfCancellationRequested();
            Keep(outcome, time.GetElapsedTime(began));
        }
        finally
        {
            if (hasPlace)
                places.Release();
            Volatile.Write(ref _isRunning, false);
            ended();
        }
    }

    async Task<CheckOutcome> OutcomeAsync(CancellationToken ct)
    {
        if (_call is { IsCompleted: false })
            return Failed("its last run hangs still, so it was not started again");
        var timeout = check.Plan.Timeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var call = Begin(limit.Token);
            _call = call;
            // No timer of the runtime's: one that is not needed any more still wakes a thread of its own and two of the pool.
            using var over = new Waker(time, loop);
            _ = call.ContinueWith(static (_, over) => ((Waker)over!).Wake(), over, CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await over.WaitAsync(timeout, ct);
            if (call.IsCompleted)
                return await call;
            await limit.CancelAsync();
            loop?.Side.Relieve();
            return Failed($"it did not finish within {timeout.TotalSeconds:0.###} s and was ended");
        }
        catch (Exception e)
        {
            return Failed(e.Message); // whatever a check throws is its own failure, and never the agent's
        }
    }

    Task<CheckOutcome> Begin(CancellationToken ct) => loop is not null && check.Plan.Kind == TextFileCheck.Name
        ? loop.Side.Run(() => check.RunAsync(ct))
        : Task.Run(() => check.RunAsync(ct).AsTask(), CancellationToken.None);

    /// <summary>What it told of before is unknown now: were it left out, its alerts would end as if all were well.</summary>
    CheckOutcome Failed(string why) => CheckOutcome.Of(Reports.Count == 0
        ? [CheckResult.Unknown(check.Plan.Name, why)]
        : [.. Reports.Select(r => CheckResult.Unknown(r.Result.Name, why))]);

    void Keep(CheckOutcome outcome, TimeSpan took)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var reports = new List<CheckReport>();
        foreach (var result in outcome.Results)
        {
            if (!_states.TryGetValue(result.Name, out var known) || known.State != result.State)
            {
                if (result.State != CheckState.Ok || _states.ContainsKey(result.Name))
                    log(AgentLogLevel.Information, $"check {result.Name} is {Word(result.State)}: {result.Text}");
                _states[result.Name] = known = (result.State, nowMs);
            }
            reports.Add(new(result, check.Plan.Kind, known.SinceMs, nowMs, took));
        }
        foreach (var gone in _states.Keys.Where(name => !reports.Exists(r => r.Result.Name == name)).ToArray())
            _states.Remove(gone);
        (Reports, Printed) = (reports, outcome.Printed);
        Runs++;
    }

    static string Word(CheckState state) => state switch
    {
        CheckState.Ok => "ok",
        CheckState.Warning => "warning",
        CheckState.Critical => "critical",
        _ => "unknown",
    };

    // not string.GetHashCode, which is another one after each start
    static int Spread(string name)
    {
        uint hash = 2166136261;
        foreach (char c in name)
            hash = (hash ^ c) * 16777619;
        return (int)(hash >> 24);
    }
}
