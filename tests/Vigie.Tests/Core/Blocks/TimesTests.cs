using CsCheck;

namespace Vigie.Tests.Core.Blocks;

public sealed class TimesTests
{
    [Fact]
    public void A_perfect_grid_takes_a_few_bytes() => Assert.InRange(TestBlock.RoundTripTimes(HostColumns.Times(2048)).Length, 3, 8);

    [Fact]
    public void A_grid_with_one_gap_takes_a_few_more()
    {
        long[] times = [.. HostColumns.Times(2048).Select((t, i) => i < 700 ? t : t + 90_000)];
        Assert.InRange(TestBlock.RoundTripTimes(times).Length, 8, 60);
    }

    [Fact]
    public void Jitter_costs_about_its_own_bits()
    {
        var random = new Random(2);
        long[] times = [.. HostColumns.Times(2048).Select(t => t + random.Next(8))];
        Assert.InRange(TestBlock.RoundTripTimes(times).Length * 8.0 / 2048, 3, 4.3);
    }

    [Fact]
    public void Times_from_one_end_of_64_bits_to_the_other_come_back()
    {
        TestBlock.RoundTripTimes(long.MinValue, long.MaxValue);
        TestBlock.RoundTripTimes(long.MinValue, -1, 0, long.MaxValue - 1, long.MaxValue);
        var (times, _) = TestBlock.Read(TestBlock.Write([long.MinValue, 0, long.MaxValue], [1, 2, 3]));
        Assert.Equal([long.MinValue, 0, long.MaxValue], times[0]);
    }

    [Fact]
    public void Any_ascending_times_come_back_in_a_block() =>
        Gen.OneOf(Gen.Long[0, 1_000_000], Gen.Long[1_790_000_000_000, 1_790_000_900_000], Gen.Long).Array[1, 300].Sample(some =>
        {
            long[] ascending = [.. some.Distinct().Order()];
            Assert.Equal(ascending, TestBlock.Read(TestBlock.Write(ascending)).Times[0]);
        }, iter: 2000, threads: 1);
}
