using Vigie.Core.Metrics;
using Vigie.Core.RemoteWrite;
using Vigie.Tests.Support;
using static Vigie.Core.RemoteWrite.RemoteWriteVersion;
using static Vigie.Tests.Core.RemoteWrite.WriteCase;

namespace Vigie.Tests.Core.RemoteWrite;

public sealed class RemoteWriteLimitsTests
{
    static SentSeries[] Series(int from, int count, string host = "alpha") =>
        [.. Enumerable.Range(from, count).Select(i => RemoteWriteRequest.One(NowMs, Named(("host", host), ("k", $"{i}"))))];

    [Fact]
    public void Series_past_the_limit_of_a_host_are_refused_and_the_known_ones_go_on()
    {
        var one = new WriteCase(new() { SeriesPerHost = 5 });
        var reading = one.Send(V1, Series(0, 8));
        Assert.Equal((5, 3), (one.Batch.Count, reading.Refused));
        Assert.Contains("Ingest:SeriesPerHost", reading.Reason);
        Assert.Equal(0, one.Send(V2, Series(0, 5)).Refused);
        Assert.Equal(0, one.Send(V1, Series(100, 5, "beta")).Refused);
    }

    [Fact]
    public void Names_that_come_and_go_do_not_use_up_the_limit_for_ever()
    {
        var one = new WriteCase(new() { SeriesPerHost = 5, Future = TimeSpan.FromDays(1) });
        one.Send(V1, Series(0, 5));
        one.Time.Advance(TimeSpan.FromMinutes(50));
        one.Send(V1, Series(0, 2)); // two of them live
        Assert.Equal(3, one.Send(V1, Series(10, 3)).Refused);
        one.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, one.Send(V1, Series(10, 3)).Refused);
        Assert.Equal(0, one.Send(V1, Series(0, 2)).Refused);
        Assert.Equal(1, one.Send(V1, Series(20, 1)).Refused);
    }

    [Fact]
    public void What_was_silent_for_an_hour_is_forgotten_and_comes_back_as_the_same_series()
    {
        var one = new WriteCase();
        one.Send(V1, Series(0, 3));
        var first = one.Batch.Series[1];
        one.Time.Advance(TimeSpan.FromMinutes(59));
        one.Send(V1, [.. Series(0, 1), .. Series(2, 1)]);
        Assert.Equal(3, one.Reader.SeriesCount);
        one.Time.Advance(TimeSpan.FromMinutes(11));
        one.Send(V1, [.. Series(0, 1), .. Series(2, 1)]);
        Assert.Equal(2, one.Reader.SeriesCount);
        one.Send(V1, Series(0, 3));
        Assert.Equal(3, one.Reader.SeriesCount);
        Assert.NotSame(first, one.Batch.Series[1]);
        Assert.Equal(first.Labels, one.Batch.Series[1].Labels);
    }

    [Fact]
    public void All_hosts_together_have_a_limit_too()
    {
        var one = new WriteCase(new() { Series = 4, Hosts = 2 });
        Assert.Equal(0, one.Send(V1, [.. Series(0, 2, "a"), .. Series(0, 1, "b")]).Refused);
        Assert.Equal("1 refused: the hub keeps at most 2 hosts", one.Send(V1, Series(0, 1, "c")).Reason);
        Assert.Equal("1 refused: the hub keeps at most 4 series of all hosts", one.Send(V1, Series(0, 4, "a")).Reason);
        one.Time.Advance(TimeSpan.FromMinutes(71));
        Assert.Equal(0, one.Send(V1, Series(0, 1, "c")).Refused); // the others have fallen silent
    }

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void Too_many_labels_and_too_long_ones_refuse_the_series(RemoteWriteVersion version)
    {
        string text = new('é', 21);
        var one = new WriteCase(new() { LabelsPerSeries = 4, LabelLength = 20, SeriesBytes = 120 });
        foreach (var (reason, labels) in new (string, (string, string)[])[]
                 {
                     ("a series has more than 4 labels", Named(("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"))),
                     ("a label is longer than 20 characters", Named(("a", text))),
                     ("a label is longer than 20 characters", Named((text, "a"))),
                     ("a label is longer than 20 characters", [("__name__", text)]),
                     ("a series' labels are longer than 120 bytes", Named(("a", text), ("b", text), ("c", text))),
                 })
            Assert.Equal($"1 refused: {reason}", one.Send(version, RemoteWriteRequest.One(NowMs, labels)).Reason);
        Assert.Equal(0, one.Send(version, RemoteWriteRequest.One(NowMs, Named(("a", text[1..]), ("b", "1"), ("c", "1")))).Refused);
        Assert.Equal(1, one.Reader.SeriesCount);
    }

    /// <summary>A few bytes of references stand for megabytes of labels: they must not be put together.</summary>
    [Fact]
    public void References_to_long_symbols_are_refused_before_they_are_copied()
    {
        byte[] head = RemoteWriteRequest.Symbols("", "__name__", "m", new string('x', 1 << 20));
        byte[] series = RemoteWriteRequest.Referring(NowMs, [1, 2, .. Enumerable.Repeat(3UL, 1000)]);
        byte[] body = [.. head, .. Enumerable.Repeat(series, 200).SelectMany(s => s)];
        var one = new WriteCase();
        one.Read(body, V2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("200 refused: a series' labels are longer than 16384 bytes", one.Read(body, V2).Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);
    }

    [Fact]
    public void A_table_of_symbols_has_a_limit()
    {
        byte[] empty = new byte[2 * (Symbols.Most + 1)];
        for (int i = 0; i < empty.Length; i += 2)
            empty[i] = 0x22;
        Assert.Throws<Vigie.Core.Protobuf.WireFormatException>(() => new WriteCase().Read(empty, V2));
    }
}
