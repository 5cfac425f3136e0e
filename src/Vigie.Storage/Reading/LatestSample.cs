namespace Vigie.Storage;

/// <summary>The newest sample of a series, as far as an asker for one instant is concerned.</summary>
readonly record struct LatestSample(SeriesEntry Entry, long TimeMs, double Value)
{
    /// <summary>
    /// Looks in the head, where the newest samples of a living fleet are, so that no block has to be opened and no row copied.
    /// The caller has the memory's lock.
    /// </summary>
    /// <returns>The series whose answer may stand in a block.</returns>
    public static List<SeriesEntry> Find(List<SeriesEntry> entries, long fromMs, long toMs, List<LatestSample> found)
    {
        var left = new List<SeriesEntry>();
        SeriesGroup? group = null;
        List<(HeadRows Rows, int Last)> head = [];
        long blocksEndMs = long.MinValue;
        foreach (var entry in entries)
        {
            if (!ReferenceEquals(entry.Group, group))
            {
                group = entry.Group;
                blocksEndMs = EndOf(group.Blocks(BlockLevel.Raw), toMs);
                head.Clear();
                foreach (var rows in group.Head)
                {
                    int last = rows.Find(toMs);
                    head.Add((rows, last < 0 ? ~last - 1 : last));
                }
            }
            long latestMs = fromMs - 1;
            double value = 0;
            foreach (var (rows, last) in head)
                Look(rows, last, entry, ref latestMs, ref value);
            if (latestMs < fromMs || latestMs < blocksEndMs)
                left.Add(entry);
            else
                found.Add(new(entry, latestMs, value));
        }
        return left;
    }

    /// <summary>Of the same instant the later rows win.</summary>
    static void Look(HeadRows rows, int last, SeriesEntry entry, ref long latestMs, ref double value)
    {
        int column = rows.ColumnOf(entry);
        if (column < 0 || rows.CountOf(column) == 0)
            return;
        var times = rows.Times;
        for (int row = last; row >= 0 && times[row] >= latestMs; row--)
            if (rows.Has(row, column))
            {
                (latestMs, value) = (times[row], rows.Cell(row, column));
                return;
            }
    }

    /// <summary>A block that begins before an instant may hold samples up to its own end.</summary>
    static long EndOf(BlockInfo[] blocks, long toMs)
    {
        for (int i = blocks.Length - 1; i >= 0; i--)
            if (blocks[i].FirstMs <= toMs)
                return Math.Min(blocks[i].LastMs, toMs);
        return long.MinValue;
    }
}
