using Vigie.Core.Metrics;
using Vigie.Tests.Support;
using static Vigie.Core.RemoteWrite.RemoteWriteVersion;
using static Vigie.Tests.Core.RemoteWrite.WriteCase;

namespace Vigie.Tests.Core.RemoteWrite;

public sealed class KnownSeriesTests
{
    readonly WriteCase _case = new();

    [Theory]
    [InlineData("host", "a"), InlineData("instance", "b:9100"), InlineData("instance", "[2001:db8::1]:9100")]
    [InlineData("host", ""), InlineData("other", "é\"\n")]
    public void Labels_are_the_same_once_the_store_has_its_own(string name, string value)
    {
        var series = _case.Take(V1, Named((name, value)));
        var told = series.Labels;
        series.StoreSlot = this;
        Assert.NotSame(told, series.Labels);
        Assert.Equal(told, series.Labels);
        Assert.Same(series, _case.Take(V2, Named((name, value))));
    }

    [Fact]
    public void A_declaration_brings_a_new_object_that_the_store_does_not_know()
    {
        var before = _case.Take(V1, Named(("host", "a")));
        before.StoreSlot = this;
        _case.Read(RemoteWriteRequest.Metadata("m", 2, "Bytes.", "By"));
        var after = _case.Take(V1, Named(("host", "a")));
        Assert.NotSame(before, after);
        Assert.Null(after.StoreSlot);
        Assert.Equal((before.Labels, "By"), (after.Labels, after.Metric.Unit));
        Assert.Same(after, _case.Take(V1, Named(("host", "a"))));
        Assert.Equal(1, _case.Reader.SeriesCount);
    }

    /// <summary>Through every size of the table, with four senders at once.</summary>
    [Fact]
    public void Each_of_many_series_is_one_object_and_ends_when_it_is_silent()
    {
        const int Count = 5_000;
        byte[] body = RemoteWriteRequest.Of(V1, [.. Enumerable.Range(0, Count).Select(i => RemoteWriteRequest.One(NowMs, Named(("i", $"{i}"))))]);
        var batches = new SampleBatch[4];
        var reader = _case.Reader;
        Parallel.For(0, batches.Length, i => reader.Read(body, V1, "token-7", batches[i] = new()));
        foreach (var batch in batches)
            Assert.Equal(batches[0].Series.ToArray(), batch.Series.ToArray());
        Assert.Equal(Count, batches[0].Series.ToArray().Distinct().Count());
        Assert.Equal(Count, _case.Reader.SeriesCount);

        _case.Time.Advance(TimeSpan.FromMinutes(90));
        var one = _case.Take(V1, Named(("i", "7")));
        _case.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Same(one, _case.Take(V1, Named(("i", "7"))));
        Assert.Equal(1, _case.Reader.SeriesCount);
    }
}
