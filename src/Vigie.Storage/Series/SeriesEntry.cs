using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>A series as the store knows it: its number, its labels and the group whose instants it shares.</summary>
sealed class SeriesEntry(long id, Labels labels, SeriesGroup group, StoreMemory memory)
{
    public long Id { get; } = id;

    public Labels Labels { get; } = labels;

    public SeriesGroup Group { get; } = group;

    /// <summary>The picture of the database this entry belongs to; one of another picture is not to be used.</summary>
    public StoreMemory Memory { get; } = memory;

    /// <summary>Column in its group's head; -1 while the head holds no sample of it. Guarded by the memory's lock.</summary>
    public int Column { get; set; } = -1;

    /// <summary>Set when the series is deleted: whoever still holds the entry must look the labels up again.</summary>
    public bool IsGone { get; set; }
}
