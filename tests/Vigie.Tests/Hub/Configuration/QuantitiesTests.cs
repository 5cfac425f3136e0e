using CsCheck;
using Vigie.Hub.Configuration;

namespace Vigie.Tests.Hub.Configuration;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("15s", 15_000)]
    [InlineData("5min", 300_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData(" 7 d ", 604_800_000)]
    [InlineData("2w", 1_209_600_000)]
    [InlineData("250ms", 250)]
    [InlineData("0s", 0)]
    [InlineData("00:00:30", 30_000)]
    [InlineData("1.02:00:00", 93_600_000)]
    public void Durations_are_read_as_people_write_them(string text, double milliseconds)
    {
        Assert.True(Quantities.TryDuration(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("15")] // of what?
    [InlineData("7.5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("-00:00:05")]
    [InlineData("5 parsecs")]
    [InlineData("NaNs")]
    [InlineData("Infinityd")]
    [InlineData("1e3s")]
    [InlineData("1,5h")]
    [InlineData("99999999999999999999d")]
    [InlineData("5S")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Quantities.TryDuration(text, out _));

    [Theory]
    [InlineData("512KiB", 524_288)]
    [InlineData("64MiB", 67_108_864)]
    [InlineData("2 GiB", 2_147_483_648)]
    [InlineData("1.5kB", 1_500)]
    [InlineData("7B", 7)]
    [InlineData("1TiB", 1_099_511_627_776)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes)
    {
        Assert.True(Quantities.TrySize(text, out var size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("64")]
    [InlineData("B")]
    [InlineData("-1MiB")]
    [InlineData("NaNB")]
    [InlineData("64 mib")]
    [InlineData("9999999999TiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(Quantities.TrySize(text, out _));

    [Fact]
    public void Every_duration_comes_back_from_its_text() =>
        Gen.OneOf(Gen.Long[0, TimeSpan.TicksPerDay * 3650], Gen.Long[0, 100_000], Gen.Long[0, 3650].Select(d => d * TimeSpan.TicksPerHour))
            .Sample(ticks =>
        Quantities.TryDuration(Quantities.Text(TimeSpan.FromTicks(ticks)), out var back) && back.Ticks == ticks, iter: 5_000, threads: 1);

    [Fact]
    public void Every_size_comes_back_from_its_text() =>
        Gen.OneOf(Gen.Long[0, 1L << 50], Gen.Long[0, 4_096].Select(k => k << 20)).Sample(bytes =>
        Quantities.TrySize(new ByteSize(bytes).ToString(), out var back) && back.Bytes == bytes, iter: 5_000, threads: 1);

    [Theory]
    [InlineData(90, "90s")]
    [InlineData(120, "2min")]
    [InlineData(86_400, "1d")]
    [InlineData(0, "0s")]
    [InlineData(1.5, "1500ms")]
    public void The_shortest_exact_text_is_written(double seconds, string text) =>
        Assert.Equal(text, Quantities.Text(TimeSpan.FromSeconds(seconds)));
}
