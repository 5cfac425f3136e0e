using CsCheck;
using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

public sealed class ColumnTests
{
    static readonly double StaleMarker = BitConverter.UInt64BitsToDouble(0x7ff0000000000002);

    static readonly double[] Odd =
    [
        0.0, -0.0, double.NaN, StaleMarker, BitConverter.UInt64BitsToDouble(0xfff8dead00c0ffee),
        BitConverter.UInt64BitsToDouble(ulong.MaxValue), double.PositiveInfinity, double.NegativeInfinity,
        double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 1e-300, 0.1, 0.1 + 0.2, 1 / 3.0, 1e-15,
        1L << 53, (1L << 53) - 1, (1L << 53) + 2, long.MaxValue, long.MinValue, ulong.MaxValue, 1e15, 1e16, 1e22, 1e23,
        4503599627370497.5, 2251799813685247.5, 2251799813685248, 123456789012345.6,
    ];

    static double[] Fill(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];

    static ColumnEncoding Encoding(byte[] encoded) => (ColumnEncoding)encoded[0];

    static int Exponent(byte[] encoded) => encoded[1] & ColumnKind.Mask;

    [Theory]
    [InlineData("ratio", 4, ColumnEncoding.Deltas)]
    [InlineData("load", 2, ColumnEncoding.Deltas)]
    [InlineData("bytes", 0, ColumnEncoding.Deltas)]
    [InlineData("constant", 0, ColumnEncoding.Constant)]
    [InlineData("slow fill", 0, ColumnEncoding.Deltas)]
    [InlineData("counter", 0, ColumnEncoding.Deltas)]
    [InlineData("byte counter", 0, ColumnEncoding.Deltas)]
    [InlineData("small integer", 0, ColumnEncoding.Deltas)]
    [InlineData("uptime", 0, ColumnEncoding.Line)]
    public void Each_shape_gets_the_encoding_that_suits_it(string shape, int exponent, object encoding)
    {
        byte[] encoded = TestBlock.RoundTrip(HostColumns.Column(shape, 3, 2048));
        Assert.Equal((encoding, exponent), (Encoding(encoded), Exponent(encoded)));
    }

    [Fact]
    public void The_mix_of_a_host_takes_about_what_is_random_in_it()
    {
        Assert.InRange(BytesPerSample(2048), 1.0, 1.17);
        Assert.InRange(BytesPerSample(384), 1.0, 1.17);

        static double BytesPerSample(int count) => Enumerable.Range(1, 16)
            .Average(seed => TestBlock.Write(HostColumns.Times(count), [.. HostColumns.Host(seed, count)]).Length / (52.0 * count));
    }

    [Fact]
    public void What_does_not_change_takes_a_few_bytes_whatever_the_count()
    {
        Assert.Equal([0, 0, 84], TestBlock.RoundTrip(Fill(2048, _ => 42)));
        Assert.Equal([1, 0, 10, 30], TestBlock.RoundTrip(Fill(2048, i => 5 + 15 * i)));
        Assert.Equal([0, 1, 1], TestBlock.RoundTrip(-0.1));
        Assert.InRange(TestBlock.RoundTrip(Fill(2048, _ => 1 / 3.0)).Length, 3, 12);
        Assert.InRange(TestBlock.RoundTrip(Fill(2048, _ => StaleMarker)).Length, 3, 16);
    }

    [Fact]
    public void Multiples_are_divided_out()
    {
        byte[] pages = TestBlock.RoundTrip(Fill(128, i => 7 + 4096.0 * (i * 37 % 64)));
        Assert.Equal(ColumnKind.Divisor, pages[1]);
        Assert.InRange(pages.Length, 6 * 16, 6 * 16 + 10);
        byte[] odd = TestBlock.RoundTrip(Fill(128, i => 7 - 300.0 * (i * 37 % 64)));
        Assert.InRange(odd.Length, 6 * 16, 6 * 16 + 10);
    }

    [Fact]
    public void Noise_around_a_level_is_kept_as_values_and_an_acceleration_as_second_differences()
    {
        Assert.Equal(ColumnEncoding.Values, Encoding(TestBlock.RoundTrip(Fill(500, i => 1000 + HostColumns.Mixed(i) % 64))));
        Assert.Equal(ColumnEncoding.DeltasOfDeltas, Encoding(TestBlock.RoundTrip(Fill(500, i => 40.0 * i * i + HostColumns.Mixed(i) % 4))));
    }

    [Fact]
    public void Gaps_in_decimals_are_runs_of_exceptions()
    {
        double[] values = HostColumns.Column("ratio", 5, 512);
        int whole = TestBlock.RoundTrip(values).Length;
        Array.Fill(values, StaleMarker, 100, 300);
        byte[] gap = TestBlock.RoundTrip(values);
        Assert.Equal(4 | ColumnKind.Exceptions, gap[1] & ~ColumnKind.Divisor);
        Assert.InRange(gap.Length, 20, whole / 2 + 40);
        values[0] = -0.0;
        values[1] = double.NaN;
        values[511] = double.PositiveInfinity;
        TestBlock.RoundTrip(values);
    }

    [Fact]
    public void Sums_of_decimals_are_decimals_with_corrections()
    {
        double[] sums = [.. HostColumns.Column("ratio", 5, 2000).Chunk(20).Select(c => c.Sum())];
        byte[] encoded = TestBlock.RoundTrip(sums);
        Assert.Equal(4 | ColumnKind.Corrections, encoded[1] & ~ColumnKind.Divisor);
        Assert.InRange(encoded.Length, 100, 300);
        sums[7] = double.NaN;
        sums[8] = -0.0;
        TestBlock.RoundTrip(sums);
    }

    [Fact]
    public void Doubles_without_decimals_are_kept_by_their_bits()
    {
        var random = new Random(4);
        byte[] noise = TestBlock.RoundTrip(Fill(300, _ => random.NextDouble()));
        Assert.Equal(ColumnKind.Bits, Exponent(noise));
        byte[] any = TestBlock.RoundTrip(Fill(300, _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))));
        Assert.InRange(any.Length, 300 * 8, 300 * 8 + 20);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(2048)]
    [InlineData(65_536)]
    public void Every_odd_value_comes_back_alone_and_among_others(int count)
    {
        foreach (double odd in Odd)
        {
            TestBlock.RoundTrip(Fill(count, _ => odd));
            TestBlock.RoundTrip(Fill(count, i => i == count / 2 ? odd : i));
            TestBlock.RoundTrip(Fill(count, i => i % 2 == 0 ? odd : 0.25 * i));
        }
        TestBlock.RoundTrip(Fill(count, i => Odd[i % Odd.Length]));
    }

    [Fact]
    public void Integers_near_the_ends_of_53_and_64_bits_come_back()
    {
        foreach (double end in (double[])[1L << 51, 1L << 52, 1L << 53, 1L << 62, long.MaxValue, 1e19, 1e22])
            foreach (int sign in (int[])[1, -1])
            {
                TestBlock.RoundTrip(Fill(300, i => sign * (end + i * 4096.0)));
                TestBlock.RoundTrip(Fill(300, i => sign * (end - i * 1024.0)));
                TestBlock.RoundTrip(Fill(300, i => i % 2 == 0 ? end : -end));
                TestBlock.RoundTrip(Fill(300, i => sign * (end / 10 + i * 0.5)));
            }
    }

    [Fact]
    public void Decimals_of_every_exponent_come_back()
    {
        for (int exponent = 0; exponent <= 17; exponent++)
        {
            double power = Math.Pow(10, exponent);
            byte[] encoded = TestBlock.RoundTrip(Fill(200, i => (1 + i * 7919 % 977) / power));
            Assert.Equal(exponent <= Decimals.MaxExponent ? exponent : ColumnKind.Bits, Exponent(encoded));
        }
    }

    [Fact]
    public void Any_values_come_back()
    {
        var bits = Gen.ULong.Select(BitConverter.UInt64BitsToDouble);
        var tame = Gen.Int[-1000, 1000].Select(i => i / 100.0);
        var wild = Gen.OneOf(bits, Gen.Int[0, Odd.Length - 1].Select(i => Odd[i]), Gen.Double, Gen.Long.Select(l => (double)l), tame);
        wild.Array[1, 300].Sample(values => TestBlock.RoundTrip(values), iter: 2000, threads: 1);
        Gen.Frequency((30, tame), (1, wild)).Array[1, 300].Sample(values => TestBlock.RoundTrip(values), iter: 2000, threads: 1);
        Gen.Select(tame.Array[1, 40], Gen.Int[1, 9], (some, times) => (double[])[.. some.SelectMany(v => Enumerable.Repeat(v, times))])
            .Sample(values => TestBlock.RoundTrip(values), iter: 1000, threads: 1);
    }
}
