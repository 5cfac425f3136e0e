namespace Vigie.Storage;

/// <summary>Bounds of what the store keeps, in memory and in the file.</summary>
public sealed record StoreLimits
{
    /// <summary>Age from which a sample is refused, and from which the raw ones are deleted.</summary>
    public TimeSpan Raw { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Age from which rollups over five minutes and over an hour are deleted.</summary>
    public TimeSpan FiveMinutes { get; init; } = TimeSpan.FromDays(90);

    public TimeSpan Hour { get; init; } = TimeSpan.FromDays(730);

    /// <summary>Bytes of the blocks of each kind; the oldest are deleted when there are more.</summary>
    public long RawBytes { get; init; } = long.MaxValue;

    public long FiveMinutesBytes { get; init; } = long.MaxValue;

    public long HourBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Age from which samples are rolled up. Younger ones are read as they are; and rolling them up would make the file a quarter
    /// larger for an answer that it gives already.
    /// </summary>
    public TimeSpan RollupDelay { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Series in all. One costs about a kilobyte of memory.</summary>
    public int Series { get; init; } = 1_000_000;

    /// <summary>Samples in memory from which they are sealed into blocks.</summary>
    public int HeadSamples { get; init; } = 1_000_000;

    /// <summary>Age of the journal's oldest row from which the head is sealed, however small it is.</summary>
    public TimeSpan HeadAge { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Instants of a block: larger ones pack better and cost more to read a piece of.</summary>
    public int BlockInstants { get; init; } = 2_048;

    /// <summary>Bytes of blocks of one transaction: they are held in memory for it, and writers wait for one at a time.</summary>
    internal int SealBytes { get; init; } = 1 << 20;

    /// <summary>Groups rolled up or cleaned in one transaction: few, so that writers wait little.</summary>
    internal int GroupsTogether { get; init; } = 32;

    internal (TimeSpan Age, long Bytes) Of(BlockLevel level) => level switch
    {
        BlockLevel.Raw => (Raw, RawBytes),
        BlockLevel.FiveMinutes => (FiveMinutes, FiveMinutesBytes),
        _ => (Hour, HourBytes),
    };
}
