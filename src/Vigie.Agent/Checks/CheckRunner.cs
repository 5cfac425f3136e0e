using Vigie.Core.Otlp;

namespace Vigie.Agent.Checks;

/// <summary>
/// Runs the checks beside the agent's rounds, each by its own interval, and tells at every round what each has found last: a check that
/// runs once in an hour has a state in every minute.
/// </summary>
sealed class CheckRunner(Func<IEnumerable<ICheck>> current, TimeProvider time, AgentLog log)
{
    /// <summary>Checks that run side by side; the others wait for their turn, and their time-out with them.</summary>
    const int Places = 16;

    readonly Dictionary<ICheck, CheckSlot> _slots = [];
    readonly SemaphoreSlim _places = new(Places);
    readonly PrintedNames _names = new();
    IReadOnlyList<CheckSlot> _order = [];

    /// <summary>What was found, in the order of the checks; of two results with one name the first counts.</summary>
    public IReadOnlyList<CheckReport> Reports =>
        [.. _order.SelectMany(s => s.Reports).DistinctBy(r => r.Result.Name, StringComparer.Ordinal)];

    /// <summary>How many runs have ended.</summary>
    public int Runs => _order.Sum(s => s.Runs);

    /// <summary>Starts what is due. Those that run go on when they are not among the checks any more, and are forgotten.</summary>
    public void Start(DateTimeOffset tick, CancellationToken ct)
    {
        var order = new List<CheckSlot>();
        var checks = new HashSet<ICheck>();
        foreach (var check in current().Where(checks.Add))
        {
            if (!_slots.TryGetValue(check, out var slot))
                _slots.Add(check, slot = new(check, _places, time, log));
            order.Add(slot);
        }
        foreach (var gone in _slots.Keys.Where(c => !checks.Contains(c)).ToArray())
            _slots.Remove(gone);
        _order = order;
        foreach (var slot in order.Where(s => s.IsDue(tick)))
            slot.Start(tick, ct);
    }

    /// <summary>Waits until nothing runs any more, for so long at most.</summary>
    public async Task SettleAsync(TimeSpan most, CancellationToken ct)
    {
        Task[] running = [.. _order.Select(s => s.InFlight).OfType<Task>()];
        if (running.Length == 0)
            return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(Task.WhenAll(running), Task.Delay(most, time, end.Token));
        await end.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    public void AddTo(OtlpSamples round)
    {
        foreach (var report in Reports)
            CheckMetrics.Add(round, report.Result);
        foreach (var printed in _order.SelectMany(s => s.Printed))
            foreach (var sample in printed.Samples)
                round.Add(_names.Of(sample.Name, printed), sample.Value, 0, sample.Labels);
    }
}
