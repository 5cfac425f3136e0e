using Vigie.Core.Metrics;

namespace Vigie.Hub.Ingest;

/// <summary>What the hub has taken and refused since it started, kept as metrics of its own.</summary>
sealed class HubMetrics
{
    static readonly MetricInfo Taken =
        new("vigie.hub.samples", "{sample}", MetricKind.Counter, "Samples that the hub has taken since it started.");

    static readonly MetricInfo NotTaken = new("vigie.hub.samples.refused", "{sample}", MetricKind.Counter,
        "Samples that the hub has refused since it started, by reason.");

    static readonly Series Written = new(Labels.Of(StoredNames.Metric(Taken)), Taken);

    readonly Series[] _series = [.. Enum.GetValues<RefusalKind>().Select(kind =>
        new Series(Labels.Of(StoredNames.Metric(NotTaken), ("reason", kind.ToString().ToLowerInvariant())), NotTaken))];

    readonly long[] _refused = new long[RefusalCounts.Kinds];
    long _written;

    public long SamplesWritten => Interlocked.Read(ref _written);

    public long RefusedOf(RefusalKind kind) => Interlocked.Read(ref _refused[(int)kind]);

    public void Count(Taken taken, RefusalCounts reading, RefusalCounts writing)
    {
        Interlocked.Add(ref _written, taken.Written);
        if (taken.Refused == 0)
            return;
        foreach (var kind in Enum.GetValues<RefusalKind>())
            Interlocked.Add(ref _refused[(int)kind], reading[kind] + writing[kind]);
    }

    /// <summary>Adds what was counted, as samples of now.</summary>
    public void AddTo(SampleBatch batch, long nowMs)
    {
        batch.Add(Written, nowMs, SamplesWritten);
        for (int kind = 0; kind < _series.Length; kind++)
            batch.Add(_series[kind], nowMs, Interlocked.Read(ref _refused[kind]));
    }
}
