using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>The samples of one series in one range, at least one, without stale markers.</summary>
/// <param name="startMs">The range is open here and closed at <paramref name="endMs"/>.</param>
/// <param name="nowMs">The evaluation time, which <c>offset</c> and <c>@</c> don't move.</param>
readonly ref struct Window(ReadOnlySpan<long> timesMs, ReadOnlySpan<double> values, long startMs, long endMs, long nowMs)
{
    public ReadOnlySpan<long> TimesMs { get; } = timesMs;

    public ReadOnlySpan<double> Values { get; } = values;

    public long StartMs { get; } = startMs;

    public long EndMs { get; } = endMs;

    public long NowMs { get; } = nowMs;
}

/// <summary>A range vector before it is cut into windows: whole series and where each step's window ends.</summary>
sealed record RangeData(IReadOnlyList<RangeSeries> Series, long RangeMs, TimeMap Ends);

sealed record RangeSeries(Labels Labels, bool DropName, ReadOnlyMemory<long> TimesMs, ReadOnlyMemory<double> Values);

/// <summary>The instant at which a selector looks, for each step of a grid.</summary>
/// <param name="FixedMs">Set by <c>@</c>.</param>
readonly record struct TimeMap(Grid Grid, long OffsetMs, long? FixedMs)
{
    public long this[int step] => (FixedMs ?? Grid.Time(step)) - OffsetMs;

    public long First => this[0];

    public long Last => (FixedMs ?? Grid.Time(Grid.Count - 1)) - OffsetMs;
}
