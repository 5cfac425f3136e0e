using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using static Vigie.Tests.Core.Otlp.ReaderCase;

namespace Vigie.Tests.Core.Otlp;

public sealed class OtlpLimitsTests
{
    static byte[] Series(int from, int count, string host = "alpha") => Metric(5, w =>
    {
        for (int i = from; i < from + count; i++)
            Point(w, i, ("k", $"{i}"));
    }, resource: ("host.name", host));

    [Fact]
    public void Series_past_the_limit_are_refused_and_the_known_ones_go_on()
    {
        var reader = new ReaderCase(new() { SeriesPerHost = 5 });
        var reading = reader.Read(Series(0, 8));
        Assert.Equal((5, 3), (reader.Batch.Count, reading.Refused));
        Assert.Contains("Ingest:SeriesPerHost", reading.Reason);
        Assert.Equal(0, reader.Read(Series(0, 5)).Refused);
        Assert.Equal(0, reader.Read(Series(100, 5, host: "beta")).Refused);
    }

    [Fact]
    public void Names_that_come_and_go_do_not_use_up_the_limit_for_ever()
    {
        var reader = new ReaderCase(new() { SeriesPerHost = 5, Future = TimeSpan.FromDays(1) });
        reader.Read(Series(0, 5));
        reader.Time.Advance(TimeSpan.FromMinutes(50));
        reader.Read(Series(0, 2)); // two of them live
        Assert.Equal(3, reader.Read(Series(10, 3)).Refused);
        reader.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, reader.Read(Series(10, 3)).Refused);
        Assert.Equal(0, reader.Read(Series(0, 2)).Refused);
        Assert.Equal(1, reader.Read(Series(20, 1)).Refused);
    }

    [Fact]
    public void A_series_that_was_forgotten_is_the_same_series_when_it_comes_back()
    {
        var reader = new ReaderCase(new() { Hosts = 2 });
        reader.Read(Series(0, 1, "a"));
        var first = reader.Batch.Series[0].Labels;
        for (int i = 0; i < 5; i++)
            Assert.Equal(0, reader.Read(Series(0, 1, $"host{i}")).Refused);
        reader.Read(Series(0, 1, "a"));
        Assert.Equal(first, reader.Batch.Series[0].Labels);
    }

    [Fact]
    public void Too_many_attributes_refuse_the_point()
    {
        var reader = new ReaderCase(new() { LabelsPerSeries = 3 });
        var reading = reader.Read(Gauge(("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")));
        Assert.Equal((0, 1), (reader.Batch.Count, reading.Refused));
        Assert.Contains("more than 3 attributes", reading.Reason);
    }

    [Fact]
    public void Long_texts_are_refused_where_they_are_part_of_a_series()
    {
        string text = new('x', 21);
        var reader = new ReaderCase(new() { LabelLength = 20 });
        foreach (byte[] body in new[]
                 {
                     Gauge(("k", text)), Gauge((text, "v")), Metric(5, w => Point(w, 1), name: text),
                     Metric(5, w => Point(w, 1), unit: text),
                     Metric(5, w => Point(w, 1), resource: ("host.name", text)),
                     Metric(5, w => Point(w, 1), resource: [("host.name", "a"), ("service.name", text)]),
                 })
        {
            var reading = reader.Read(body);
            Assert.Equal((0, 1), (reader.Batch.Count, reading.Refused));
            Assert.Contains("longer than 20", reading.Reason);
            Assert.Empty(reading.Hosts);
        }
    }

    [Fact]
    public void A_long_description_is_cut_and_kept_once()
    {
        var reader = new ReaderCase(new() { LabelLength = 10 });
        var samples = new OtlpSamples();
        var metric = new MetricInfo("m", "", MetricKind.Gauge, new string('h', 50));
        samples.Add(metric, 1, 0, new SampleAttribute("k", "1"));
        samples.Add(metric, 1, 0, new SampleAttribute("k", "2"));
        reader.Read(new OtlpMetricsWriter([new("host.name", "a")], "s", "1").Write(samples, NowNano).Span);
        Assert.Equal(new string('h', 10), reader.Batch.Series[0].Metric.Help);
        Assert.Same(reader.Batch.Series[0].Metric, reader.Batch.Series[1].Metric);
    }

    [Fact]
    public void A_huge_resource_is_refused_and_not_kept()
    {
        var reader = new ReaderCase();
        var reading = reader.Read(Metric(5, w => Point(w, 1), resource: [("host.name", "a"), ("k", new string('x', 65_536))]));
        Assert.Equal((0, 1), (reader.Batch.Count, reading.Refused));
        Assert.Contains("larger than 65536 bytes", reading.Reason);
    }

    [Fact]
    public void Reasons_are_counted_and_each_told_once()
    {
        var reader = new ReaderCase();
        var reading = reader.Read(Metric(5, w =>
        {
            for (int i = 0; i < 3; i++)
                Nest(w, 1, () => w.Double(4, 1));
            Nest(w, 1, () => w.Fixed64(3, NowNano));
        }));
        Assert.Equal((4, "3 refused: a data point has no time; 1 refused: a data point has no value"), (reading.Refused, reading.Reason));
    }
}
