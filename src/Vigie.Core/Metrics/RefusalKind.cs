namespace Vigie.Core.Metrics;

/// <summary>Why a sample was not taken. Each has a counter of its own; the sentence that goes with it says more.</summary>
public enum RefusalKind
{
    /// <summary>No time, no value, or not what its metric says.</summary>
    Malformed,

    /// <summary>Labels that can't be: too many, too long, twice, without a name.</summary>
    Labels,

    /// <summary>Ahead of the hub's clock.</summary>
    Future,

    /// <summary>Older than the history that is kept.</summary>
    Old,

    /// <summary>More series or hosts than are allowed.</summary>
    Series,

    /// <summary>A kind of metric that is not stored.</summary>
    Unsupported,
}

/// <summary>Samples refused, by kind.</summary>
public readonly record struct RefusalCounts
{
    public const int Kinds = (int)RefusalKind.Unsupported + 1;

    readonly int[]? _counts;

    RefusalCounts(int[] counts) => _counts = counts;

    public int this[RefusalKind kind] => _counts?[(int)kind] ?? 0;

    internal static RefusalCounts Of(ReadOnlySpan<int> counts) => new([.. counts]);

    public RefusalCounts With(RefusalKind kind, int more)
    {
        if (more == 0)
            return this;
        int[] counts = _counts is null ? new int[Kinds] : [.. _counts];
        counts[(int)kind] += more;
        return new(counts);
    }
}
