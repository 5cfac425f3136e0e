using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using static Vigie.Tests.Core.Otlp.ReaderCase;

namespace Vigie.Tests.Core.Otlp;

public sealed class OtlpMetricsReaderTests
{
    static readonly MetricInfo MemoryUsage = new("system.memory.usage", "By", MetricKind.Gauge, "Memory in use.");
    static readonly MetricInfo DiskIo = new("system.disk.io", "By", MetricKind.Counter, "Bytes moved.");

    readonly ReaderCase _case = new();

    [Fact]
    public void What_the_writer_writes_comes_back_under_its_stored_name()
    {
        var samples = new OtlpSamples();
        samples.Add(MemoryUsage, 12.5, 0, new SampleAttribute("system.memory.state", "used"));
        samples.Add(DiskIo, 7, 1, new("system.device", "sda"), new("disk.io.direction", "read"));
        samples.Add(MemoryUsage, -0.0, 0, new SampleAttribute("system.memory.state", "free"));
        ResourceAttribute[] sender =
        [
            new("host.name", "alpha"), new("os.name", "Debian"), new("host.ip", new[] { "192.0.2.1", "2001:db8::1" }),
        ];
        var writer = new OtlpMetricsWriter(sender, "vigie-agent", "1");

        var reading = _case.Read(writer.Write(samples, NowNano).Span);

        Assert.Equal((0, null), (reading.Refused, reading.Reason));
        Assert.Equal(
            ["system_memory_usage_bytes{host=\"alpha\", state=\"used\"}", "system_memory_usage_bytes{host=\"alpha\", state=\"free\"}",
                "system_disk_io_bytes_total{device=\"sda\", direction=\"read\", host=\"alpha\"}"],
            _case.Batch.Series.ToArray().Select(s => s.Labels.ToString()));
        Assert.Equal([12.5, -0.0, 7], _case.Batch.Values.ToArray());
        Assert.True(double.IsNegative(_case.Batch.Values[1]));
        Assert.All(_case.Batch.TimesMs.ToArray(), t => Assert.Equal(Now.ToUnixTimeMilliseconds(), t));
        Assert.Equal([MemoryUsage, MemoryUsage, DiskIo], _case.Batch.Series.ToArray().Select(s => s.Metric));
        var host = Assert.Single(reading.Hosts);
        Assert.Equal(("alpha", Now.ToUnixTimeMilliseconds()), (host.Name, host.LastMs));
        Assert.Equal("192.0.2.1 2001:db8::1", host.Attributes["host.ip"]);
    }

    [Theory]
    [InlineData("system.cpu.utilization", "cpu.mode", "state", "system_cpu_utilization_ratio")]
    [InlineData("system.cpu.utilization", "state", "state", "system_cpu_utilization_ratio")]
    [InlineData("system.disk.utilization", "system.device", "device", "system_disk_utilization_ratio")]
    [InlineData("system.disk.utilization", "device", "device", "system_disk_utilization_ratio")]
    [InlineData("system.network.io", "network.io.direction", "direction", "system_network_io")]
    [InlineData("system.network.io", "direction", "direction", "system_network_io")]
    [InlineData("system.network.io", "network.interface.name", "device", "system_network_io")]
    [InlineData("system.filesystem.utilization", "system.filesystem.mountpoint", "mountpoint", "system_filesystem_utilization_ratio")]
    [InlineData("system.filesystem.utilization", "mountpoint", "mountpoint", "system_filesystem_utilization_ratio")]
    [InlineData("system.paging.usage", "system.paging.fault.type", "type", "system_paging_usage")]
    [InlineData("system.cpu.utilization", "cpu.logical_number", "cpu", "system_cpu_utilization_ratio")]
    public void Both_dialects_of_attributes_are_stored_under_one_label(string metric, string attribute, string label, string stored) =>
        Assert.Equal($"{stored}{{{string.Join(", ", new[] { $"{label}=\"x\"", "host=\"alpha\"" }.Order(StringComparer.Ordinal))}}}",
            _case.One(Metric(5, w => Point(w, 1, (attribute, "x")), metric, "1", ("host.name", "alpha"))));

    [Fact]
    public void A_resource_may_come_after_its_metrics() => Assert.Equal("m{host=\"late\"}", _case.One(Message(w => Nest(w, 1, () =>
    {
        Nest(w, 2, () => Nest(w, 2, () =>
        {
            w.String(1, "m");
            Nest(w, 5, () => Point(w, 1));
        }));
        Nest(w, 1, () => Pair(w, 1, "host.name", "late"));
    }))));

    [Fact]
    public void A_host_is_known_by_the_best_name_it_tells()
    {
        (string, string)[] all = [("service.instance.id", "instance"), ("host.id", "id"), ("host.name", "name")];
        foreach (var (told, host) in new[] { (3, "name"), (2, "id"), (1, "instance"), (0, "token-7") })
            Assert.Equal($"m{{host=\"{host}\"}}", _case.One(Metric(5, w => Point(w, 1), resource: all[..told])));
        Assert.Equal("m{host=\"id\"}", _case.One(Metric(5, w => Point(w, 1), resource: [("host.name", ""), ("host.id", "id")])));
    }

    [Fact]
    public void Nameless_senders_are_told_apart_by_their_token()
    {
        byte[] body = Metric(5, w => Point(w, 1));
        var batch = new SampleBatch();
        _case.Reader.Read(body, "one", batch);
        _case.Reader.Read(body, "two", batch);
        Assert.Equal(["m{host=\"one\"}", "m{host=\"two\"}"], batch.Series.ToArray().Select(s => s.Labels.ToString()));
    }

    [Fact]
    public void Another_service_of_a_host_is_told_apart_by_job_and_instance() =>
        Assert.Equal("m{host=\"alpha\", instance=\"i1\", job=\"shop/cart\"}",
            _case.One(Metric(5, w => Point(w, 1), resource:
            [
                ("host.name", "alpha"), ("service.name", "cart"), ("service.namespace", "shop"), ("service.instance.id", "i1"),
            ])));

    [Theory]
    [InlineData(7, 1, "cumulative")] // delta
    [InlineData(7, 0, "cumulative")] // unspecified
    [InlineData(9, 2, "histograms and summaries are not stored")]
    [InlineData(10, 2, "histograms and summaries are not stored")]
    [InlineData(11, 0, "histograms and summaries are not stored")]
    public void What_has_no_place_in_the_store_is_refused_with_a_remedy_and_counted(int data, int temporality, string reason)
    {
        var reading = _case.Read(Metric(data, w =>
        {
            Point(w, 1);
            Point(w, 2, ("a", "b"));
            w.Varint(2, (ulong)temporality);
        }));
        Assert.Equal(0, _case.Batch.Count);
        Assert.Equal(2, reading.Refused);
        Assert.Contains(reason, reading.Reason);
        Assert.Contains("2 refused", reading.Reason);
        Assert.Empty(reading.Hosts);
    }

    [Fact]
    public void A_sum_that_also_falls_is_a_gauge()
    {
        Assert.Equal("m{host=\"token-7\"}", _case.One(Metric(7, w => { Point(w, 1); w.Varint(2, 2); })));
        Assert.Equal("m_total{host=\"token-7\"}", _case.One(Metric(7, w => { Point(w, 1); w.Varint(2, 2); w.Bool(3, true); })));
    }

    [Fact]
    public void A_point_without_recorded_value_ends_its_series()
    {
        _case.Read(Metric(5, w => Nest(w, 1, () => { w.Fixed64(3, NowNano); w.Varint(8, 1); })));
        Assert.True(StaleMarker.Is(_case.Batch.Values[0]));
    }

    [Theory]
    [InlineData(0x7ff8_0000_0000_0000)]
    [InlineData(0x7ff0_0000_0000_0001)] // a signalling NaN
    [InlineData(unchecked((long)0xfff8_dead_beef_0001))]
    [InlineData(0x7ff0_0000_0000_0000)]
    [InlineData(long.MinValue)] // -0.0
    public void Values_pass_bit_by_bit(long bits)
    {
        _case.Read(Metric(5, w => Nest(w, 1, () => { w.Fixed64(3, NowNano); w.Fixed64(4, (ulong)bits); })));
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(_case.Batch.Values[0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Whole_numbers_are_taken(long value)
    {
        _case.Read(Metric(5, w => Nest(w, 1, () => { w.Fixed64(3, NowNano); w.Fixed64(6, (ulong)value); })));
        Assert.Equal((double)value, _case.Batch.Values[0]);
    }

    [Theory]
    [InlineData(0UL, "no time")]
    [InlineData(ulong.MaxValue, "time synchronisation")]
    public void A_time_that_can_not_be_is_refused(ulong nanos, string reason)
    {
        var reading = _case.Read(Metric(5, w => Nest(w, 1, () => { w.Fixed64(3, nanos); w.Double(4, 1); })));
        Assert.Equal((0, 1), (_case.Batch.Count, reading.Refused));
        Assert.Contains(reason, reading.Reason);
    }

    [Fact]
    public void Ten_minutes_ahead_are_taken_and_a_millisecond_more_is_not()
    {
        foreach (var (ahead, taken) in new[] { (600_000UL, 1), (600_001UL, 0) })
        {
            _case.Read(Metric(5, w => Nest(w, 1, () => { w.Fixed64(3, NowNano + (ahead * 1_000_000)); w.Double(4, 1); })));
            Assert.Equal(taken, _case.Batch.Count);
        }
    }

    [Fact]
    public void A_point_without_a_value_is_refused_and_the_others_are_taken()
    {
        var reading = _case.Read(Metric(5, w => { Nest(w, 1, () => w.Fixed64(3, NowNano)); Point(w, 3); }));
        Assert.Equal((1, 1), (_case.Batch.Count, reading.Refused));
        Assert.Contains("no value", reading.Reason);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("job")]
    [InlineData("instance")]
    [InlineData("__name__")]
    [InlineData("__tenant")]
    [InlineData("..host")]
    public void A_point_can_not_pass_for_another_host_or_metric(string attribute)
    {
        _case.One(Gauge((attribute, "forged")));
        var labels = _case.Batch.Series[0].Labels;
        Assert.Equal(("alpha", "m"), (labels["host"], labels.Name));
        Assert.Contains("forged", labels.Span.ToArray()
            .Where(l => l.Name is not ("host" or "job" or "instance" or "__name__"))
            .Select(l => l.Value));
    }

    [Fact]
    public void Attributes_of_every_type_have_a_text()
    {
        _case.Read(Metric(5, w => Nest(w, 1, () =>
        {
            w.Fixed64(3, NowNano);
            w.Double(4, 1);
            void Any(string key, Action value) => Nest(w, 7, () => { w.String(1, key); Nest(w, 2, value); });
            Any("b", () => w.Bool(2, true));
            Any("i", () => w.Varint(3, unchecked((ulong)-5L)));
            Any("d", () => w.Double(4, 0.25));
            Any("a", () => Nest(w, 5, () => { Nest(w, 1, () => w.String(1, "x")); Nest(w, 1, () => w.Varint(3, 2)); }));
            Any("m", () => Nest(w, 6, () => { Pair(w, 1, "k", "v"); Pair(w, 1, "l", "w"); }));
            Any("y", () => w.Bytes(7, [1, 2, 3]));
            Any("n", () => { });
        })));
        Assert.Equal("m{a=\"x 2\", b=\"true\", d=\"0.25\", host=\"token-7\", i=\"-5\", m=\"k=v l=w\", y=\"AQID\"}",
            _case.Batch.Series[0].Labels.ToString());
    }

    [Fact]
    public void Text_that_is_not_utf8_is_mended_and_not_refused()
    {
        _case.Read(Metric(5, w => Nest(w, 1, () =>
        {
            w.Fixed64(3, NowNano);
            w.Double(4, 1);
            Nest(w, 7, () => { w.String(1, "k"); Nest(w, 2, () => w.Bytes(1, [0x61, 0xff])); });
        })));
        Assert.Equal("a\ufffd", _case.Batch.Series[0].Labels["k"]);
    }

    [Fact]
    public void Reading_known_series_allocates_nothing_per_point()
    {
        long small = Allocated(10), large = Allocated(2_000);
        // What is left is one pass object and its answer per request, whatever the request's size.
        Assert.Equal(small, large);
        Assert.InRange(large, 0, 2_048);

        static long Allocated(int points)
        {
            var reader = new ReaderCase();
            var samples = new OtlpSamples();
            for (int i = 0; i < points; i++)
                samples.Add(DiskIo, i, 1, new("system.device", $"sd{i}"), new("disk.io.direction", "read"));
            byte[] body = new OtlpMetricsWriter([new("host.name", "alpha")], "s", "1").Write(samples, NowNano).ToArray();
            for (int i = 0; i < 3; i++)
                reader.Read(body);
            long before = GC.GetAllocatedBytesForCurrentThread();
            reader.Read(body);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(points, reader.Batch.Count);
            return allocated;
        }
    }

    [Fact]
    public void A_series_that_was_met_without_its_help_takes_it_when_it_comes()
    {
        var samples = new OtlpSamples();
        samples.Add(MemoryUsage, 1, 0);
        var bare = new OtlpSamples();
        bare.Add(MemoryUsage with { Help = "" }, 1, 0);
        var writer = new OtlpMetricsWriter([new("host.name", "alpha")], "s", "1");
        var met = new List<Series>();
        foreach (var request in new[] { bare, samples, bare, samples })
        {
            _case.Read(writer.Write(request, NowNano).Span);
            met.AddRange(_case.Batch.Series);
        }
        Assert.Equal(["", MemoryUsage.Help, MemoryUsage.Help, MemoryUsage.Help], met.Select(s => s.Metric.Help));
        Assert.Single(met.Skip(1).Distinct());
    }
}
