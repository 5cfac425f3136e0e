namespace Vigie.Storage;

/// <summary>Bounds of what the store keeps, in memory and in the file.</summary>
public sealed record StoreLimits
{
    /// <summary>Age from which a sample is refused, and from which the raw ones are deleted.</summary>
    public TimeSpan Raw { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Series in all. One costs about a kilobyte of memory.</summary>
    public int Series { get; init; } = 1_000_000;

    /// <summary>Samples in memory from which they are sealed into blocks.</summary>
    public int HeadSamples { get; init; } = 1_000_000;

    /// <summary>Age of the journal's oldest row from which the head is sealed, however small it is.</summary>
    public TimeSpan HeadAge { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Instants of a block: larger ones pack better and cost more to read a piece of.</summary>
    public int BlockInstants { get; init; } = 2_048;
}
