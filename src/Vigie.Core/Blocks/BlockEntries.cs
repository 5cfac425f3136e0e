namespace Vigie.Core.Blocks;

/// <summary>A times column of a block.</summary>
/// <param name="Count">Of the instants, at least one.</param>
/// <param name="FirstMs">Unix milliseconds.</param>
/// <param name="LastMs">Unix milliseconds.</param>
/// <param name="Offset">Of the encoded bytes, from the start of the block.</param>
/// <param name="Length">Of the encoded bytes.</param>
public readonly record struct BlockTimes(int Count, long FirstMs, long LastMs, int Offset, int Length)
{
    internal uint Crc { get; init; }
}

/// <summary>A value column of a block.</summary>
/// <param name="Series">Number of the series.</param>
/// <param name="Part">0 for samples, 1 and above for the parts of rollups.</param>
/// <param name="Times">Number of the times column.</param>
/// <param name="Offset">Of the encoded bytes, from the start of the block.</param>
/// <param name="Length">Of the encoded bytes.</param>
public readonly record struct BlockColumn(long Series, int Part, int Times, int Offset, int Length)
{
    internal uint Crc { get; init; }
}

/// <summary>What version 1 of the format allows; a reader refuses more before it sizes anything by it.</summary>
static class BlockLimits
{
    public const int Instants = 1 << 16;

    public const long Series = 1L << 40;

    /// <summary>Parts are numbered below this.</summary>
    public const int Parts = 256;

    public const int DirectoryBytes = 1 << 20;
}
