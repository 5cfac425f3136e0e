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

/// <summary>One row of the table of blocks, without its content.</summary>
/// <param name="Rows">Instants of the longest column.</param>
/// <param name="Samples">Samples of all columns.</param>
sealed record BlockInfo(long Id, int Group, BlockLevel Level, long FirstMs, long LastMs, int Rows, long Samples, int Bytes);
