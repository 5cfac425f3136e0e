using Vigie.Core.Blocks;
using Vigie.Tests.Support;

namespace Vigie.Tests.Core.Blocks;

/// <summary>
/// A block of version 1 that every later version must read. VIGIE_UPDATE_GOLDEN=1 writes it anew, which is allowed until a
/// version is released and not after; a better encoder gets a second file.
/// </summary>
public sealed class BlockGoldenTests
{
    static readonly string Golden = Repository.Path("tests/Vigie.Tests/Cases/Blocks/v1.block");

    [Fact]
    public void A_block_of_version_1_is_read()
    {
        byte[] block = File.ReadAllBytes(Golden);
        var directory = TestBlock.Directory(block);
        var (times, values) = TestBlock.Read(block);
        Assert.Equal(2, times.Length);
        Assert.Equal(Grid, times[0]);
        Assert.Equal(Slow, times[1]);
        var columns = directory.Columns.ToArray();
        Assert.Equal(Columns.Select(c => (c.Series, c.Part, c.Times)), columns.Select(c => (c.Series, c.Part, c.Times)));
        for (int i = 0; i < values.Length; i++)
            TestBlock.AssertSameBits(Columns[i].Values, values[i]);
        Assert.Equal(Enum.GetValues<ColumnEncoding>(), columns.Select(c => (ColumnEncoding)block[c.Offset]).Distinct().Order());
        int kinds = columns.Aggregate(0, (all, c) => all | (block[c.Offset + 1] & ~ColumnKind.Mask));
        Assert.Equal(ColumnKind.Divisor | ColumnKind.Exceptions | ColumnKind.Corrections, kinds);
    }

    [Fact]
    public void The_writer_of_today_writes_the_same_bytes()
    {
        var writer = new BlockWriter();
        writer.AddTimes(Grid);
        writer.AddTimes(Slow);
        foreach (var (series, part, times, values) in Columns)
            writer.AddColumn(series, part, times, values);
        var written = writer.Finish();
        if (Environment.GetEnvironmentVariable("VIGIE_UPDATE_GOLDEN") is not null)
            File.WriteAllBytes(Golden, written);
        Assert.Equal(Convert.ToHexString(File.ReadAllBytes(Golden)), Convert.ToHexString(written));
    }

    static readonly long[] Grid = [.. Enumerable.Range(0, 300).Select(i => 1_790_000_010_000 + i * 15_000L)];
    static readonly long[] Slow = [.. Enumerable.Range(0, 15).Select(i => 1_790_000_010_003 + i * 300_000L + i * i % 7)];

    static double Beside(double value, int units) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) + units);

    static double[] On(long[] times, Func<int, double> value) => [.. Enumerable.Range(0, times.Length).Select(value)];

    /// <summary>Every encoding, kind, and form of miniblock.</summary>
    static readonly (long Series, int Part, int Times, double[] Values)[] Columns =
    [
        (3, 0, 0, On(Grid, _ => 1 << 20)), // constant
        (4, 0, 0, On(Grid, i => 86_400 + i * 15)), // line
        (5, 0, 0, On(Grid, i => 2_000 + HostColumns.Mixed(i) % 50)), // values
        (6, 0, 0, On(Grid, i => 1e9 + 5_000.0 * i + HostColumns.Mixed(i) % 100)), // deltas
        (7, 0, 0, On(Grid, i => 30.0 * i * i + HostColumns.Mixed(i) % 3)), // deltas of deltas
        (8, 0, 0, On(Grid, i => 1e11 + 4096.0 * 3 * (HostColumns.Mixed(i) % 500))), // divisor
        (9, 0, 0, On(Grid, i => HostColumns.Mixed(i) % 10_000 / 1e4)), // decimals
        (10, 0, 0, On(Grid, i => i / 100)), // positions, zeros
        (11, 0, 0, On(Grid, i => i / 3 * (i / 3 + 40))), // bitmap
        (12, 0, 0, On(Grid, i => HostColumns.Mixed(i) % 40 + (i % 50 == 7 ? 1e9 : 0))), // outliers
        (13, 0, 0, On(Grid, i => i is > 50 and < 90 ? Beside(double.PositiveInfinity, 2) : i == 120 ? -0.0 : i * 0.25)), // exceptions
        (14, 0, 0, On(Grid, i => Math.Sqrt(i))), // bits
        (15, 0, 0, On(Grid, i => BitConverter.UInt64BitsToDouble((ulong)HostColumns.Mixed(i) * 0x9e3779b97f4a7c15))), // all bits
        (16, 0, 0, On(Grid, i => Beside((500 + HostColumns.Mixed(i) % 99) / 100.0, i % 3 - 1))), // corrections
        (900, 0, 1, On(Slow, i => i * 0.5)),
        (900, 1, 1, On(Slow, i => HostColumns.Mixed(i) % 9)),
        (900, 2, 1, On(Slow, i => double.NaN)),
        ((1L << 40) - 1, 255, 0, On(Grid, i => double.PositiveInfinity)),
    ];
}
