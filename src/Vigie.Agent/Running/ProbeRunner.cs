using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Running;

/// <summary>Runs every probe that is due, side by side, and puts what they measured into one round of samples.</summary>
sealed class ProbeRunner(Func<IReadOnlyList<ProbeSlot>> slots, HostRoot root, TimeSpan timeout, TimeProvider time)
{
    static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(1);

    readonly List<ProbeSlot> _due = [], _quick = [];

    /// <summary>A first reading for the probes that report shares over time; its samples are not kept.</summary>
    public async Task PrimeAsync(CancellationToken ct)
    {
        await RunDueAsync(DateTimeOffset.MinValue, slot => slot.Info.ReadsTwice, ct);
        await Task.Delay(BetweenReadings, time, ct);
    }

    /// <summary>Adds a round's samples in the order of the probes. Takes no longer than the slowest probe's time-out.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(DateTimeOffset tick, OtlpSamples round, CancellationToken ct)
    {
        await RunDueAsync(tick, null, ct);
        foreach (var slot in _due)
            slot.MoveTo(round);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask RunDueAsync(DateTimeOffset tick, Predicate<ProbeSlot>? wanted, CancellationToken ct)
    {
        root.BeginRound();
        _due.Clear();
        var all = slots();
        for (int i = 0; i < all.Count; i++)
            if (wanted?.Invoke(all[i]) ?? all[i].IsDue(tick))
                _due.Add(all[i]);
        // What may take long begins first, and the quick ones are run meanwhile.
        _quick.Clear();
        foreach (var slot in _due)
        {
            if (slot.IsQuick)
                _quick.Add(slot);
            else
                slot.Start(tick, timeout, ct);
        }
        foreach (var slot in _quick)
            slot.Start(tick, timeout, ct);
        foreach (var slot in _due)
            await slot.FinishAsync(timeout, ct);
    }
}
