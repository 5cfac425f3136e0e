using System.Runtime.CompilerServices;
using Vigie.Agent.Running;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Checks;

/// <summary>
/// Runs the checks beside the agent's rounds, each by its own interval, and tells at every round what each has found last: a check that
/// runs once in an hour has a state in every minute.
/// </summary>
sealed class CheckRunner(Func<IReadOnlyList<ICheck>> current, TimeProvider time, AgentLog log, RoundLoop? loop = null)
{
    /// <summary>Checks that run side by side; the others wait for their turn, and their time-out with them.</summary>
    const int Places = 16;

    readonly Dictionary<ICheck, CheckSlot> _slots = [];
    readonly SemaphoreSlim _places = new(Places);
    readonly Waker _ended = new(time, loop);
    readonly PrintedNames _names = new();
    readonly List<CheckSlot> _order = [];
    IReadOnlyList<ICheck> _checks = [];
    IReadOnlyList<CheckReport> _reports = [];
    int _arranged, _reported = -1;

    /// <summary>What was found, in the order of the checks; of two results with one name the first counts.</summary>
    public IReadOnlyList<CheckReport> Reports
    {
        get
        {
            if (_reported != Changes)
                (_reports, _reported) = ([.. _order.SelectMany(s => s.Reports).DistinctBy(r => r.Result.Name, StringComparer.Ordinal)], Changes);
            return _reports;
        }
    }

    /// <summary>Grows with each run that has ended, and when the checks are others.</summary>
    public int Changes
    {
        get
        {
            int changes = _arranged;
            foreach (var slot in _order)
                changes += slot.Runs;
            return changes;
        }
    }

    /// <summary>Starts what is due. Those that run go on when they are not among the checks any more, and are forgotten.</summary>
    public void Start(DateTimeOffset tick, CancellationToken ct)
    {
        if (current() is var checks && !ReferenceEquals(checks, _checks))
            Arrange(checks);
        foreach (var slot in _order)
            if (slot.IsDue(tick))
                slot.Start(tick, ct);
    }

    void Arrange(IReadOnlyList<ICheck> checks)
    {
        _arranged = Changes + 1; // stays ahead of what it was, however many runs are forgotten
        _order.Clear();
        foreach (var check in checks.Distinct())
        {
            if (!_slots.TryGetValue(check, out var slot))
                _slots.Add(check, slot = new(check, _places, time, log, _ended.Wake, loop));
            _order.Add(slot);
        }
        foreach (var gone in _slots.Keys.Except(checks).ToArray())
            _slots.Remove(gone);
        _checks = checks;
    }

    /// <summary>Waits until nothing runs any more, for so long at most.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SettleAsync(TimeSpan most, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        while (IsAnyRunning() && most - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
            await _ended.WaitAsync(left, ct);
        ct.ThrowIfCancellationRequested();
    }

    bool IsAnyRunning()
    {
        foreach (var slot in _order)
            if (slot.IsRunning)
                return true;
        return false;
    }

    public void AddTo(OtlpSamples round)
    {
        var reports = Reports;
        for (int i = 0; i < reports.Count; i++)
            CheckMetrics.Add(round, reports[i].Result);
        foreach (var slot in _order)
            for (int i = 0; i < slot.Printed.Count && slot.Printed[i] is var printed; i++)
                foreach (var sample in printed.Samples)
                    round.Add(_names.Of(sample.Name, printed), sample.Value, 0, sample.Labels);
    }
}
