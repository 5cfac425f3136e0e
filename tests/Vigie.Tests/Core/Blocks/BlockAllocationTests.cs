using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

public sealed class BlockAllocationTests
{
    [Fact]
    public void Writing_allocates_nothing_once_the_buffers_have_grown()
    {
        var writer = new BlockWriter();
        long[] times = HostColumns.Times(500);
        double[][] columns = Columns();
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            writer.Reset();
            writer.AddTimes(times);
            for (int i = 0; i < columns.Length; i++)
                writer.AddColumn(i, 0, 0, columns[i]);
            writer.Finish();
        }
    }

    [Fact]
    public void Reading_allocates_the_directory_only()
    {
        byte[] block = TestBlock.Write(HostColumns.Times(500), Columns());
        var directory = TestBlock.Directory(block);
        long[] times = new long[500];
        double[] values = new double[500];
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            directory.ReadTimes(0, block.AsSpan(directory.Times[0].Offset, directory.Times[0].Length), times);
            for (int i = 0; i < directory.Columns.Length; i++)
                directory.ReadColumn(i, block.AsSpan(directory.Columns[i].Offset, directory.Columns[i].Length), values);
        }
    }

    static double[][] Columns()
    {
        var random = new Random(9);
        double[] gaps = HostColumns.Column("load", 9, 500);
        Array.Fill(gaps, double.NaN, 40, 30);
        return [.. HostColumns.Host(2, 500), gaps, [.. gaps.Select(_ => random.NextDouble())],
            [.. HostColumns.Column("ratio", 9, 10_000).Chunk(20).Select(c => c.Sum())]];
    }
}
