using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>A series as the store knows it: its number, its labels and the group whose instants it shares.</summary>
/// <param name="packed">The labels as numbers of words (<see cref="Symbols"/>), as they stand in the file.</param>
sealed class SeriesEntry(long id, byte[] packed, SeriesGroup group)
{
    public long Id { get; } = id;

    public ReadOnlySpan<byte> Packed => packed;

    /// <summary>Made for each who asks: a question asks for few of the series, and the index for none.</summary>
    public Labels Labels => Memory.Symbols.Read(packed, Id);

    public SeriesGroup Group { get; } = group;

    /// <summary>The picture of the database this entry belongs to; one of another picture is not to be used.</summary>
    public StoreMemory Memory => Group.Memory;

    /// <summary>Column in its group's head; -1 while the head holds no sample of it. Guarded by the memory's lock.</summary>
    public int Column { get; set; } = -1;

    /// <summary>Set when the series is deleted: whoever still holds the entry must look the labels up again.</summary>
    public bool IsGone { get; set; }
}
