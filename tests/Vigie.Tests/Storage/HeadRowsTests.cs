using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Tests.Storage;

public sealed class HeadRowsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rows_hold_what_was_written_in_whatever_order_and_width(bool inOrder)
    {
        const int Columns = 150, Instants = 200;
        var random = new Random(7);
        var memory = new StoreMemory();
        var group = new SeriesGroup(1, "h", memory);
        var entries = new List<SeriesEntry>();
        var rows = new HeadRows(entries);
        var expected = new SortedDictionary<(long Time, int Column), double>();
        long[] times = [.. Enumerable.Range(1, Instants).Select(i => i * 15_000L)];
        if (!inOrder)
            random.Shuffle(times);
        foreach (long time in times)
        {
            // Series come one after the other, so rows become wider while there are some.
            if (entries.Count < Columns)
                entries.Add(new(entries.Count + 1, [], group) { Column = entries.Count });
            for (int column = 0; column < entries.Count; column += 1 + random.Next(3))
            {
                double value = random.NextDouble();
                Assert.Equal(1, time >= rows.LastMs ? rows.Append(time, column, value) : rows.Insert(time, column, value));
                expected[(time, column)] = value;
            }
        }
        (long again, int at) = expected.Keys.First();
        Assert.Equal(0, rows.Insert(again, at, expected[(again, at)] = -1));

        Assert.Equal([.. times.Order()], rows.Times.ToArray());
        Assert.Equal(expected.Count, rows.Samples);
        Assert.Equal(expected, Content(rows));
        long[] middle = [.. times.Order().Skip(50).Take(100)];
        var some = rows.Slice([.. entries.Where((_, i) => i % 7 == 0)], middle[0], middle[^1])!;
        Assert.Equal(expected.Where(e => e.Key.Column % 7 == 0 && e.Key.Time >= middle[0] && e.Key.Time <= middle[^1]).Select(e => e.Value),
            Content(some).Values);
        for (int column = 0; column < Columns; column++)
            if (rows.CountOf(column) == rows.Count)
            {
                double[] whole = new double[rows.Count];
                rows.Gather(column, whole);
                Assert.Equal(expected.Where(e => e.Key.Column == column).Select(e => e.Value), whole);
            }
    }

    static SortedDictionary<(long, int), double> Content(HeadRows rows)
    {
        var content = new SortedDictionary<(long, int), double>();
        for (int row = 0; row < rows.Count; row++)
            for (int column = 0; column < rows.Columns.Count; column++)
                if (rows.Has(row, column))
                    content.Add((rows.Times[row], column), rows.Cell(row, column));
        return content;
    }
}
