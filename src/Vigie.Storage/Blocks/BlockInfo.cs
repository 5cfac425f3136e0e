namespace Vigie.Storage;

/// <summary>What a sealed block holds: resolution of its samples.</summary>
enum BlockLevel
{
    /// <summary>Samples as they were sent.</summary>
    Raw = 0,

    /// <summary>Rollups over five minutes.</summary>
    FiveMinutes = 1,

    /// <summary>Rollups over an hour.</summary>
    Hour = 2,
}

/// <summary>What a column of a block holds. The numbers are persisted.</summary>
enum RollupPart
{
    /// <summary>Samples as they were sent.</summary>
    Sample = 0,
    Min = 1,
    Max = 2,
    Sum = 3,
    Count = 4,
    Last = 5,

    /// <summary>How much a counter has grown since the sample before the bucket, its resets made good.</summary>
    Increase = 6,
}

static class BlockLevels
{
    /// <summary>Which stretch of the world's clock an instant is in: no block reaches over two of them.</summary>
    public static long Span(this BlockLevel level, long timeMs) => timeMs / (level switch
    {
        BlockLevel.Raw => TimeSpan.MillisecondsPerDay,
        BlockLevel.FiveMinutes => TimeSpan.MillisecondsPerDay * 8,
        _ => TimeSpan.MillisecondsPerDay * 64,
    });

    /// <summary>Milliseconds of a bucket; it is named by its end, which belongs to it.</summary>
    public static long BucketMs(this BlockLevel level) => level == BlockLevel.Hour ? TimeSpan.MillisecondsPerHour : 300_000;

    /// <summary>The end of the bucket that an instant falls into.</summary>
    public static long Bucket(this BlockLevel level, long timeMs)
    {
        long size = level.BucketMs();
        return (timeMs + size - 1) / size * size;
    }
}

/// <summary>One row of the table of blocks, without its content.</summary>
/// <param name="Rows">Instants of the longest column.</param>
/// <param name="Samples">Samples of all columns.</param>
sealed record BlockInfo(long Id, int Group, BlockLevel Level, long FirstMs, long LastMs, int Rows, long Samples, int Bytes);
