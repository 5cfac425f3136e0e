using CsCheck;
using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

public sealed class MiniBlockTests
{
    static readonly int[] Counts = [1, 2, 3, 7, 127, 128, 129, 300];

    /// <summary>Plans, writes, reads, compares, and checks the planned length.</summary>
    static byte[] RoundTrip(params long[] numbers)
    {
        var writer = new MiniBlockWriter();
        var to = new ByteWriter();
        int planned = writer.Plan(numbers);
        writer.Write(numbers, to);
        // Outliers are looked for when a plan is carried out. They move a base, so that it may be farther away from the others.
        Assert.InRange(to.Length, 1, planned + 9 * (numbers.Length / MiniBlock.Size + 1));
        long[] read = new long[numbers.Length];
        Array.Fill(read, -1);
        var reader = new ByteReader(to.Written, "test");
        MiniBlockReader.Read(ref reader, 1, read);
        reader.End();
        Assert.Equal(numbers, read);
        return to.Written.ToArray();
    }

    static MiniBlockForm Form(byte[] written) => (MiniBlockForm)(written[0] >> 6);

    [Fact]
    public void Numbers_of_every_width_and_count_come_back()
    {
        var random = new Random(1);
        for (int width = 0; width <= 64; width++)
            foreach (int count in Counts)
            {
                ulong most = width == 0 ? 0 : ulong.MaxValue >> (64 - width);
                long origin = width % 3 == 0 ? -5 : width % 3 == 1 ? long.MinValue : 1L << 40;
                long[] numbers = [.. Enumerable.Range(0, count)
                    .Select(_ => origin + (long)((ulong)random.NextInt64(long.MinValue, long.MaxValue) & most))];
                numbers[0] = origin;
                numbers[^1] = origin + (long)most;
                RoundTrip(numbers);
            }
    }

    [Fact]
    public void Extremes_beside_each_other_come_back()
    {
        RoundTrip(long.MinValue, long.MaxValue);
        RoundTrip(long.MaxValue, long.MinValue, 0, -1, 1);
        RoundTrip([.. Enumerable.Repeat(long.MinValue, 127), long.MaxValue]);
        RoundTrip([.. Enumerable.Repeat(0L, 127), long.MinValue, .. Enumerable.Repeat(0L, 128), long.MaxValue, 5]);
    }

    [Fact]
    public void Zeros_take_a_byte_for_64_miniblocks()
    {
        Assert.Single(RoundTrip(new long[1]));
        Assert.Single(RoundTrip(new long[64 * 128]));
        Assert.Equal(2, RoundTrip(new long[64 * 128 + 1]).Length);
        Assert.Equal(2, RoundTrip(new long[128 * 128]).Length);
        Assert.Equal(1 + 2 + 1, RoundTrip([.. new long[256], .. Enumerable.Repeat(9L, 128), .. new long[200]]).Length);
    }

    [Fact]
    public void Few_changes_are_listed_by_position_and_more_by_bitmap()
    {
        long[] numbers = new long[128];
        numbers[3] = 1;
        numbers[77] = -1;
        byte[] few = RoundTrip(numbers);
        Assert.Equal(MiniBlockForm.Positions, Form(few));
        Assert.Equal(1 + 1 + 1 + 2 + 1, few.Length);
        for (int i = 0; i < 128; i += 3)
            numbers[i] = 1000 + i;
        byte[] third = RoundTrip(numbers);
        Assert.Equal(MiniBlockForm.Bitmap, Form(third));
        RoundTrip([.. numbers[..99]]);
        RoundTrip([.. numbers, .. numbers[..66]]);
    }

    [Fact]
    public void Equal_numbers_take_a_byte_and_their_base() => Assert.Equal(1 + 1, RoundTrip([.. Enumerable.Repeat(-3L, 128)]).Length);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void One_burst_does_not_widen_all_others(int sign)
    {
        long[] numbers = [.. Enumerable.Range(0, 128).Select(i => (long)(i * 37 % 64))];
        int calm = RoundTrip(numbers).Length;
        numbers[50] = sign * (1L << 40);
        byte[] burst = RoundTrip(numbers);
        Assert.Equal(MiniBlockControl.Outliers, burst[0]);
        Assert.InRange(burst.Length, calm, calm + 13);
        numbers[51] = long.MaxValue;
        numbers[0] = long.MinValue;
        RoundTrip(numbers);
    }

    [Fact]
    public void A_base_stays_where_it_is_while_the_width_allows()
    {
        long[] numbers = [.. Enumerable.Range(0, 256).Select(i => 1_000_000L + i * 37 % 100 + (i >= 128 ? 20 : 0))];
        byte[] written = RoundTrip(numbers);
        Assert.Equal(2 * (1 + 128 * 7 / 8) + 3 + 1, written.Length);
    }

    [Fact]
    public void Any_numbers_come_back()
    {
        var number = Gen.OneOf(Gen.Const(0L), Gen.Long[-3, 3], Gen.Long[0, 100_000], Gen.Long, Gen.Int[0, 63].Select(s => 1L << s),
            Gen.Const(long.MinValue), Gen.Const(long.MaxValue));
        Gen.Frequency((3, Gen.Long[-50, 50]), (1, number), (4, Gen.Const(0L))).Array[1, 400]
            .Sample(n => RoundTrip(n), iter: 2000, threads: 1);
        number.Array[1, 400].Sample(n => RoundTrip(n), iter: 2000, threads: 1);
    }
}
