using CsCheck;
using Vigie.Core.Metrics;
using Vigie.Core.RemoteWrite;
using Vigie.Tests.Support;
using static Vigie.Core.RemoteWrite.RemoteWriteVersion;
using static Vigie.Tests.Core.RemoteWrite.WriteCase;

namespace Vigie.Tests.Core.RemoteWrite;

public sealed class RemoteWriteReaderTests
{
    readonly WriteCase _case = new();

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void Samples_come_out_in_the_order_they_came_bit_for_bit(RemoteWriteVersion version)
    {
        double[] values = [0, -0.0, 1.5, double.MaxValue, double.PositiveInfinity, double.NaN, StaleMarker.Value,
            BitConverter.Int64BitsToDouble(0x7ff80000deadbeef)];
        var samples = values.Select((v, i) => (NowMs - (i * 7L), v)).ToArray();
        var reading = _case.Send(version, new([("__name__", "m"), ("host", "alpha")], samples),
            RemoteWriteRequest.One(NowMs, ("__name__", "n"), ("host", "alpha")));
        Assert.Equal((0, null), (reading.Refused, reading.Reason));
        Assert.Equal(values.Append(1).Select(BitConverter.DoubleToInt64Bits),
            _case.Batch.Values.ToArray().Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(samples.Select(s => s.Item1).Append(NowMs), _case.Batch.TimesMs.ToArray());
        Assert.Equal("m{host=\"alpha\"}", _case.Rows[0].Series);
        Assert.Equal("n{host=\"alpha\"}", _case.Rows[^1].Series);
    }

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void A_time_before_1970_is_one_too(RemoteWriteVersion version)
    {
        _case.Send(version, new SentSeries(Named(), [(-1, 2), (0, 3), (long.MinValue, 4)]));
        Assert.Equal([-1, 0, long.MinValue], _case.Batch.TimesMs.ToArray());
    }

    [Fact]
    public void The_host_is_the_label_host_then_the_instance_then_the_sender()
    {
        foreach (var version in new[] { V1, V2 })
        {
            Assert.Equal("a", _case.Take(version, Named(("host", "a"), ("instance", "b:9100"))).Labels["host"]);
            Assert.Equal("b", _case.Take(version, Named(("instance", "b:9100"))).Labels["host"]);
            Assert.Equal("b:9100", _case.Take(version, Named(("instance", "b:9100"))).Labels["instance"]);
            Assert.Equal("token-7", _case.Take(version, Named()).Labels["host"]);
            Assert.Equal("token-7", _case.Take(version, Named(("instance", ":9100"))).Labels["host"]);
        }
    }

    [Theory]
    [InlineData("web1:9100", "web1")]
    [InlineData("web1", "web1")]
    [InlineData("web1:", "web1:")]
    [InlineData("web1:http", "web1:http")]
    [InlineData("192.0.2.1:80", "192.0.2.1")]
    [InlineData("[2001:db8::1]:9100", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("::1", "::1")]
    [InlineData("[]:1", "[]")]
    [InlineData("[::1]x", "[::1]x")]
    [InlineData("https://example.org/", "https://example.org/")]
    [InlineData("https://example.org:443", "https://example.org:443")]
    [InlineData(":9100", "")]
    [InlineData("", "")]
    public void An_instance_s_port_is_no_part_of_its_host(string instance, string host) =>
        Assert.Equal(host, SeriesLabels.HostOf(instance).ToString());

    [Fact]
    public void Nameless_senders_are_told_apart()
    {
        byte[] body = RemoteWriteRequest.V1(RemoteWriteRequest.One(NowMs, Named()), RemoteWriteRequest.One(NowMs, Named(("a", "b"))));
        foreach (string sender in new[] { "rack-1", "rack-2", "rack-1" })
        {
            Assert.Equal(sender, Assert.Single(_case.Read(body, fallback: sender).Hosts).Name);
            Assert.All(_case.Batch.Series.ToArray(), s => Assert.Equal(sender, s.Labels["host"]));
        }
        Assert.Equal(4, _case.Reader.SeriesCount);
    }

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void Each_host_is_told_once_with_its_newest_sample(RemoteWriteVersion version)
    {
        var reading = _case.Send(version,
            new([("__name__", "m"), ("host", "a")], [(NowMs - 5, 1), (NowMs - 9, 1)]),
            new([("__name__", "m"), ("host", "b")], [(NowMs - 3, 1)]),
            new([("__name__", "n"), ("host", "a")], [(NowMs - 4, 1)]),
            new([("__name__", "n"), ("host", "ahead")], [(NowMs + 3_600_000, 1)]),
            new([("__name__", "n"), ("host", "silent")], []));
        Assert.Equal([("a", NowMs - 4), ("b", NowMs - 3)], reading.Hosts.Select(h => (h.Name, h.LastMs)).Order());
        Assert.All(reading.Hosts, h => Assert.Empty(h.Attributes));
    }

    [Fact]
    public void A_series_is_the_same_object_in_each_request_and_version()
    {
        var first = _case.Take(V1, Named(("job", "node"), ("empty", "")));
        Assert.Same(first, _case.Take(V1, Named(("job", "node"), ("empty", ""))));
        Assert.Same(first, _case.Take(V2, Named(("job", "node"), ("empty", ""))));
        Assert.Equal("m{host=\"token-7\", job=\"node\"}", first.Labels.ToString()); // without a value a label is none
    }

    [Fact]
    public void The_order_of_series_may_change_from_request_to_request()
    {
        var series = Enumerable.Range(0, 50).Select(i => RemoteWriteRequest.One(NowMs, Named(("i", $"{i}")))).ToArray();
        var known = new Dictionary<string, Series>(StringComparer.Ordinal);
        for (int seed = 0; seed < 20; seed++)
        {
            var version = seed % 2 == 0 ? V1 : V2;
            new Random(seed).Shuffle(series);
            Assert.Equal(0, _case.Send(version, series).Refused);
            for (int i = 0; i < series.Length; i++)
            {
                Assert.Equal(series[i].Labels[1].Value, _case.Batch.Series[i].Labels["i"]);
                Assert.Same(known.TryGetValue(series[i].Labels[1].Value, out var before) ? before
                    : known[series[i].Labels[1].Value] = _case.Batch.Series[i], _case.Batch.Series[i]);
            }
        }
        Assert.Equal(50, _case.Reader.SeriesCount);
    }

    [Fact]
    public void A_series_whose_labels_begin_like_the_expected_one_s_is_another()
    {
        var longer = RemoteWriteRequest.One(NowMs, Named(("a", "1"), ("b", "2")));
        var shorter = RemoteWriteRequest.One(NowMs, Named(("a", "1")));
        foreach (var version in new[] { V1, V2 })
        {
            _case.Send(version, RemoteWriteRequest.One(NowMs, Named()), shorter);
            _case.Send(version, RemoteWriteRequest.One(NowMs, Named()), longer);
            Assert.Equal("2", _case.Batch.Series[1].Labels["b"]);
            _case.Send(version, RemoteWriteRequest.One(NowMs, Named()), shorter);
            Assert.Equal("", _case.Batch.Series[1].Labels["b"]);
        }
    }

    [Fact]
    public async Task Two_threads_at_once_give_the_same_series()
    {
        byte[] body = RemoteWriteRequest.V1(
            [.. Enumerable.Range(0, 2_000).Select(i => RemoteWriteRequest.One(NowMs, Named(("i", $"{i}"))))]);
        var reader = new RemoteWriteReader(new(), _case.Time);
        using var start = new Barrier(4);
        var batches = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            var batch = new SampleBatch();
            start.SignalAndWait();
            for (int i = 0; i < 5; i++)
                reader.Read(body, V1, "x", batch);
            return batch;
        }, TaskCreationOptions.LongRunning)));
        Assert.Equal(2_000, reader.SeriesCount);
        foreach (var batch in batches)
            for (int i = 0; i < batch.Count; i++)
                Assert.Same(batches[0].Series[i % 2_000], batch.Series[i]);
    }

    static readonly string[] Letters = ["a", "ä", "€", "😀", "\n", "\"", ":", " "];
    static readonly Gen<string> Text = Gen.Int[0, 7].Array[0, 6].Select(letters => string.Concat(letters.Select(l => Letters[l])));

    static readonly Gen<SentSeries> AnySeries =
        from labels in Gen.Select(Gen.String[Gen.Char["abcdeé"], 1, 3], Text).Array[0, 5]
        from samples in Gen.Select(Gen.Long[0, NowMs], Gen.Double).Array[0, 4]
        select new SentSeries([("__name__", "m"), .. labels.DistinctBy(l => l.Item1)], samples);

    /// <summary>Whatever is sent comes out, by either version, and by a reader that knows the series already.</summary>
    [Fact]
    public void Random_requests_come_out_as_they_were_sent() => AnySeries.Array[0, 12].Sample(series =>
    {
        var expected = series.SelectMany(s => s.Samples.Select(x => (
            Labels.From([.. s.Labels.Select(l => new Label(l.Name, l.Value)), new("host", "token-7")]).ToString(), x.TimeMs, x.Value)))
            .ToList();
        var one = new WriteCase();
        foreach (var version in new[] { V1, V2, V1, V2 })
        {
            Assert.Equal(0, one.Send(version, series).Refused);
            Assert.Equal(expected, one.Rows);
        }
    }, iter: 500, threads: 1);

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void A_known_request_allocates_nothing_for_its_samples(RemoteWriteVersion version)
    {
        long small = Allocated(version, 10), large = Allocated(version, 5_000);
        Assert.Equal(small, large);
        Assert.InRange(large, 0, 400);
    }

    static long Allocated(RemoteWriteVersion version, int series)
    {
        var one = new WriteCase();
        byte[] body = RemoteWriteRequest.Of(version,
            [.. Enumerable.Range(0, series).Select(i => RemoteWriteRequest.One(NowMs, Named(("host", "a"), ("i", $"{i}"))))]);
        for (int i = 0; i < 3; i++)
            one.Read(body, version);
        long before = GC.GetAllocatedBytesForCurrentThread();
        one.Read(body, version);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
