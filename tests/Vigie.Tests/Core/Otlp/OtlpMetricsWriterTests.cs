using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Core.Otlp;

public sealed class OtlpMetricsWriterTests
{
    static readonly MetricInfo Gauge = new("g", "1", MetricKind.Gauge, "H.");
    static readonly MetricInfo Counter = new("c", "", MetricKind.Counter, "");

    readonly OtlpSamples _samples = new();

    static string Write(OtlpSamples samples, params ResourceAttribute[] resource) =>
        Convert.ToHexStringLower(new OtlpMetricsWriter(resource, "s", "1").Write(samples, 256).Span);

    [Fact]
    public void Without_samples_the_resource_and_the_scope_are_still_told() => Assert.Equal(
        "0a1d" // resource_metrics
        + "0a11" + "0a0f" + "0a09686f73742e6e616d65" + "12020a00"  // resource { host.name = "" }
        + "1208" + "0a06" + "0a0173" + "120131", // scope_metrics { scope { s 1 } }
        Write(_samples, new ResourceAttribute("host.name", "")));

    [Fact]
    public void A_gauge_has_no_start_and_keeps_a_zero()
    {
        _samples.Add(Gauge, 0, startUnixNano: 7, new SampleAttribute("k", "v"));
        Assert.Equal("0a38" + "0a00" + "1234" + "0a060a0173120131"
            + "122a" + "0a0167" + "1202482e" + "1a0131" // metric { name, description, unit
            + "2a1e" + "0a1c" // gauge { data_points
            + "190001000000000000" + "210000000000000000" // time, as_double
            + "3a08" + "0a016b" + "1203" + "0a0176", // attributes { k = v }
            Write(_samples));
    }

    [Fact]
    public void A_counter_is_a_cumulative_monotonic_sum_with_its_start()
    {
        _samples.Add(Counter, 1, startUnixNano: 1);
        Assert.EndsWith("3a21" + "0a1b" + "110100000000000000" + "190001000000000000" + "21000000000000f03f" + "1002"
            + "1801", Write(_samples));
    }

    [Fact]
    public void An_unknown_start_is_left_out()
    {
        _samples.Add(Counter, 1, startUnixNano: 0);
        Assert.EndsWith("3a18" + "0a12" + "190001000000000000" + "21000000000000f03f" + "1002" + "1801", Write(_samples));
    }

    [Fact]
    public void Samples_of_one_metric_are_written_together_in_the_order_they_came()
    {
        var ordered = new OtlpSamples();
        foreach (var (metric, value) in new[] { (Gauge, 1.0), (Gauge, 3.0), (Counter, 2.0), (Counter, 4.0) })
            ordered.Add(metric, value, 0);
        foreach (var (metric, value) in new[] { (Gauge, 1.0), (Counter, 2.0), (Gauge, 3.0), (Counter, 4.0) })
            _samples.Add(metric, value, 0);
        Assert.Equal(Write(ordered), Write(_samples));
    }

    [Fact]
    public void Resource_attributes_keep_their_types()
    {
        var hex = Write(_samples, new("a", "x"), new("b", true), new("c", 5L), new("d", 1.0), new("e", new[] { "y", "z" }));
        Assert.Contains("0a0161" + "1203" + "0a0178", hex);
        Assert.Contains("0a0162" + "1202" + "1001", hex);
        Assert.Contains("0a0163" + "1202" + "1805", hex);
        Assert.Contains("0a0164" + "1209" + "21000000000000f03f", hex);
        Assert.Contains("0a0165" + "120c" + "2a0a" + "0a030a0179" + "0a030a017a", hex);
    }

    [Fact]
    public void An_attribute_without_a_form_in_otlp_is_refused_by_name() =>
        Assert.Contains("attribute when",
            Assert.Throws<ArgumentException>(() => Write(_samples, new ResourceAttribute("when", 1.0m))).Message);

    [Fact]
    public void Empty_attribute_values_are_left_out()
    {
        _samples.Add(Gauge, 1, 0, new("a", ""), new("b", "x"));
        Assert.Equal([new SampleAttribute("b", "x")], _samples.Attributes(0).ToArray());
    }

    [Fact]
    public void A_round_allocates_nothing_once_the_buffers_have_grown()
    {
        var writer = new OtlpMetricsWriter([], "s", "1");
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            _samples.Clear();
            for (int i = 0; i < 200; i++)
                _samples.Add(i % 2 == 0 ? Gauge : Counter, i, 1, new("system.device", "sda"), new("disk.io.direction", "read"));
            writer.Write(_samples, 1);
        }
    }

    [Fact]
    public void Help_is_told_once_until_it_is_asked_for_again()
    {
        var info = new MetricInfo("a.b", "1", MetricKind.Gauge, "What it is.");
        var samples = new OtlpSamples();
        samples.Add(info, 1, 0);
        var writer = new OtlpMetricsWriter([], "s", "1") { DescribesOnce = true };
        bool Tells() => writer.Write(samples, 1).Span.IndexOf("What it is."u8) >= 0;
        Assert.True(Tells());
        Assert.False(Tells());
        writer.DescribeAgain();
        Assert.True(Tells());
    }
}
