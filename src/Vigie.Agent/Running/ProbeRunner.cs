using Vigie.Core.Otlp;

namespace Vigie.Agent.Running;

/// <summary>Runs every probe that is due, side by side, and puts what they measured into one round of samples.</summary>
sealed class ProbeRunner(Func<IReadOnlyList<ProbeSlot>> slots, TimeSpan timeout, TimeProvider time)
{
    static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(1);

    /// <summary>A first reading for the probes that report shares over time; its samples are not kept.</summary>
    public async Task PrimeAsync(CancellationToken ct)
    {
        await Task.WhenAll(slots().Where(slot => slot.Info.ReadsTwice).Select(slot => slot.RunAsync(DateTimeOffset.MinValue, timeout, ct)));
        await Task.Delay(BetweenReadings, time, ct);
    }

    /// <summary>Adds a round's samples in the order of the probes. Takes no longer than the slowest probe's time-out.</summary>
    public async Task RunAsync(DateTimeOffset tick, OtlpSamples round, CancellationToken ct)
    {
        ProbeSlot[] due = [.. slots().Where(slot => slot.IsDue(tick))];
        var runs = await Task.WhenAll(due.Select(slot => slot.RunAsync(tick, timeout, ct)));
        for (int i = 0; i < due.Length; i++)
            due[i].MoveTo(round, runs[i]);
    }
}
