using Vigie.Core.Metrics;
using Vigie.Core.RemoteWrite;
using Vigie.Tests.Support;
using static Vigie.Core.RemoteWrite.RemoteWriteVersion;
using static Vigie.Tests.Core.RemoteWrite.WriteCase;

namespace Vigie.Tests.Core.RemoteWrite;

public sealed class RemoteWriteMetadataTests
{
    const ulong Unknown = 0, Counter = 1, Gauge = 2, Histogram = 3, Summary = 5, StateSet = 7;

    readonly WriteCase _case = new();

    MetricInfo Info(string name) => _case.Take(V1, ("__name__", name)).Metric;

    [Theory]
    [InlineData("m", Counter, "m", MetricKind.Counter)]
    [InlineData("m", Gauge, "m", MetricKind.Gauge)]
    [InlineData("m_total", Gauge, "m_total", MetricKind.Gauge)]
    [InlineData("m_total", Unknown, "m_total", MetricKind.Counter)]
    [InlineData("m", Unknown, "m", MetricKind.Gauge)]
    [InlineData("m", StateSet, "m", MetricKind.Gauge)]
    [InlineData("m", 99, "m", MetricKind.Gauge)]
    [InlineData("m", Counter, "m_total", MetricKind.Counter)] // OpenMetrics names the family without it
    [InlineData("m", Histogram, "m_bucket", MetricKind.Counter)]
    [InlineData("m", Histogram, "m_sum", MetricKind.Counter)]
    [InlineData("m", Summary, "m_count", MetricKind.Counter)]
    [InlineData("m", Summary, "m", MetricKind.Gauge)]
    public void A_family_s_type_tells_the_kind_of_its_metrics(string family, ulong type, string name, MetricKind kind)
    {
        foreach (bool before in new[] { true, false })
        {
            var one = new WriteCase();
            if (before)
                one.Take(V1, ("__name__", name)); // the samples come first
            Assert.Equal(0, one.Read(RemoteWriteRequest.Metadata(family, type, "Help.", "bytes")).Refused);
            Assert.Equal(new(name, "bytes", kind, "Help."), one.Take(V1, ("__name__", name)).Metric);
            Assert.Equal(new(name, "bytes", kind, "Help."), one.Take(V2, ("__name__", name)).Metric);
        }
    }

    [Fact]
    public void What_nobody_has_declared_is_a_counter_by_its_name_alone()
    {
        Assert.Equal(new("requests_total", "", MetricKind.Counter, ""), Info("requests_total"));
        Assert.Equal(new("queue", "", MetricKind.Gauge, ""), Info("queue"));
    }

    [Fact]
    public void A_declaration_of_another_family_does_not_reach_a_name_that_only_ends_alike()
    {
        _case.Read(RemoteWriteRequest.Metadata("jobs", Gauge, "Jobs."));
        Assert.Equal(new("jobs_count", "", MetricKind.Gauge, ""), Info("jobs_count"));
    }

    [Fact]
    public void The_first_word_stands_and_what_was_left_open_is_filled_in()
    {
        _case.Read(RemoteWriteRequest.Metadata("m", Unknown, "Old help."));
        _case.Read(RemoteWriteRequest.Metadata("m", Counter, "New help.", "seconds"));
        _case.Read(RemoteWriteRequest.Metadata("m", Gauge, "Newest help.", "bytes"));
        Assert.Equal(new("m", "seconds", MetricKind.Counter, "Old help."), Info("m"));
    }

    [Fact]
    public void A_series_is_a_new_object_once_when_its_metric_is_declared()
    {
        var before = _case.Take(V1, Named());
        _case.Read(RemoteWriteRequest.Metadata("m", Counter, "Help."));
        var after = _case.Take(V1, Named());
        Assert.NotSame(before, after);
        Assert.Same(before.Labels, after.Labels);
        _case.Read(RemoteWriteRequest.Metadata("m", Gauge, "Other."));
        Assert.Same(after, _case.Take(V2, Named()));
    }

    [Fact]
    public void Version_2_declares_each_series_in_passing()
    {
        var reading = _case.Send(V2,
            RemoteWriteRequest.One(NowMs, ("__name__", "a")) with { Metadata = (Counter, "A.", "seconds") },
            RemoteWriteRequest.One(NowMs, ("__name__", "a_bucket"), ("le", "1")) with { Metadata = (Histogram, "B.", "") },
            RemoteWriteRequest.One(NowMs, ("__name__", "c")));
        Assert.Equal(0, reading.Refused);
        Assert.Equal([new("a", "seconds", MetricKind.Counter, "A."), new("a_bucket", "", MetricKind.Counter, "B."),
            new("c", "", MetricKind.Gauge, "")], _case.Batch.Series.ToArray().Select(s => s.Metric));
    }

    [Fact]
    public void A_long_help_is_cut_and_names_are_bounded()
    {
        var one = new WriteCase(new() { LabelLength = 10, Metrics = 3 });
        one.Read(RemoteWriteRequest.Metadata("m", Counter, new string('h', 50)));
        Assert.Equal(new string('h', 10), one.Take(V1, Named()).Metric.Help);
        for (int i = 0; i < 10; i++)
            one.Read(RemoteWriteRequest.Metadata($"f{i}", Counter, "Help."));
        Assert.Equal("Help.", one.Take(V1, ("__name__", "f1")).Metric.Help);
        Assert.Equal("", one.Take(V1, ("__name__", "f9")).Metric.Help);
    }

    [Fact]
    public void Known_metadata_allocates_nothing_for_its_families()
    {
        byte[] body = [.. Enumerable.Range(0, 500).SelectMany(i => RemoteWriteRequest.Metadata($"family_{i}", Counter, "Help."))];
        _case.Read(body);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _case.Read(body);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400);
    }
}
