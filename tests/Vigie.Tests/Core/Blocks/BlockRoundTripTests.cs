using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

public sealed class BlockRoundTripTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(130)]
    [InlineData(384)]
    [InlineData(2048)]
    public void A_host_of_all_shapes_comes_back_bit_for_bit(int count)
    {
        double[][] columns = [.. HostColumns.Host(7, count)];
        var block = TestBlock.Write(HostColumns.Times(count), columns);
        var (times, values) = TestBlock.Read(block);
        Assert.Equal(HostColumns.Times(count), times[0]);
        for (int i = 0; i < columns.Length; i++)
            TestBlock.AssertSameBits(columns[i], values[i]);
    }

    [Fact]
    public void Columns_may_have_different_times_which_are_added_at_any_moment()
    {
        long[] fast = [1000, 2000, 3000, 4000], slow = [2000, 4000];
        var writer = new BlockWriter();
        Assert.Equal(0, writer.AddTimes(fast));
        writer.AddColumn(1, 0, 0, [1, 2, 3, 4]);
        Assert.Equal(1, writer.AddTimes(slow));
        writer.AddColumn(2, 0, 1, [0.5, 0.25]);
        writer.AddColumn(3, 0, 0, [5, 6, 7, 9]);
        var (times, values) = TestBlock.Read(writer.Finish());
        Assert.Equal([fast, slow], times);
        Assert.Equal([[1, 2, 3, 4], [0.5, 0.25], [5, 6, 7, 9]], values);
    }

    [Fact]
    public void Parts_of_rollups_stand_beside_each_other()
    {
        var writer = new BlockWriter();
        writer.AddTimes([0]);
        (long, int)[] names = [(0, 1), (0, 2), (0, 3), (9, 1), (9, 3), (9, 255), (10, 0), ((1L << 40) - 1, 1)];
        foreach (var (series, part) in names)
            writer.AddColumn(series, part, 0, [part]);
        var directory = TestBlock.Directory(writer.Finish());
        Assert.Equal(names, directory.Columns.ToArray().Select(c => (c.Series, c.Part)));
    }

    [Fact]
    public void One_column_is_read_with_the_directory_and_its_own_bytes_only()
    {
        double[][] columns = [.. HostColumns.Host(3, 200)];
        byte[] block = TestBlock.Write(HostColumns.Times(200), columns);
        var directory = BlockDirectory.Parse(block.AsSpan(0, BlockDirectory.LengthOf(block.AsSpan(0, BlockDirectory.PrefixLength))));
        Assert.Equal(block.Length, directory.Length);
        var column = directory.Columns[17];
        double[] values = new double[directory.Times[column.Times].Count];
        directory.ReadColumn(17, block.AsSpan(column.Offset, column.Length).ToArray(), values);
        TestBlock.AssertSameBits(columns[17], values);
    }

    [Fact]
    public void A_writer_starts_anew_after_a_reset()
    {
        var writer = new BlockWriter();
        writer.AddTimes([1, 2]);
        writer.AddColumn(5, 0, 0, [1, 2]);
        byte[] once = writer.Finish().ToArray();
        Assert.Equal(once, writer.Finish().ToArray());
        writer.Reset();
        writer.AddTimes([1, 2]);
        writer.AddColumn(5, 0, 0, [1, 2]);
        Assert.Equal(once, writer.Finish().ToArray());
    }

    [Fact]
    public void A_block_without_columns_is_a_block()
    {
        var directory = TestBlock.Directory(new BlockWriter().Finish());
        Assert.Equal((0, 0, 14), (directory.Times.Length, directory.Columns.Length, directory.Length));
    }

    [Fact]
    public void What_cannot_be_written_is_refused_before_anything_changes()
    {
        var writer = new BlockWriter();
        Assert.Throws<ArgumentException>(() => writer.AddTimes([]));
        Assert.Throws<ArgumentException>(() => writer.AddTimes([2, 2]));
        Assert.Throws<ArgumentException>(() => writer.AddTimes([2, 1]));
        Assert.Throws<ArgumentException>(() => writer.AddTimes(new long[65_537]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddColumn(1, 0, 0, [1]));
        writer.AddTimes([1]);
        Assert.Throws<ArgumentException>(() => writer.AddColumn(1, 0, 0, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddColumn(-1, 0, 0, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddColumn(1L << 40, 0, 0, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddColumn(1, 256, 0, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddColumn(1, -1, 0, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddColumn(1, 0, 1, [1]));
        writer.AddColumn(1, 1, 0, [1]);
        Assert.Throws<ArgumentException>(() => writer.AddColumn(1, 1, 0, [1]));
        Assert.Throws<ArgumentException>(() => writer.AddColumn(1, 0, 0, [1]));
        Assert.Throws<ArgumentException>(() => writer.AddColumn(0, 2, 0, [1]));
        Assert.Equal(1, TestBlock.Directory(writer.Finish()).Columns.Length);
    }
}
