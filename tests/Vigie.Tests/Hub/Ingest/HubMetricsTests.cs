using Vigie.Core.Metrics;
using Vigie.Hub.Ingest;

namespace Vigie.Tests.Hub.Ingest;

public sealed class HubMetricsTests
{
    [Fact]
    public void What_is_refused_is_counted_by_reason_in_metrics_of_the_hub_s_own()
    {
        var metrics = new HubMetrics();
        var reading = default(RefusalCounts).With(RefusalKind.Future, 2).With(RefusalKind.Labels, 1);
        metrics.Count(new(5, 4, "why"), reading, default(RefusalCounts).With(RefusalKind.Old, 1));
        metrics.Count(new(7, 0, null), default, default);
        metrics.Count(new(0, 1, "why"), default(RefusalCounts).With(RefusalKind.Future, 1), default);
        var batch = new SampleBatch();
        metrics.AddTo(batch, 1);
        var told = new List<string>();
        for (int i = 0; i < batch.Count; i++)
            told.Add($"{batch.Series[i].Labels} {batch.Values[i]}");
        Assert.Equal(
        [
            "vigie_hub_samples_total 12", "vigie_hub_samples_refused_total{reason=\"malformed\"} 0",
            "vigie_hub_samples_refused_total{reason=\"labels\"} 1", "vigie_hub_samples_refused_total{reason=\"future\"} 3",
            "vigie_hub_samples_refused_total{reason=\"old\"} 1", "vigie_hub_samples_refused_total{reason=\"series\"} 0",
            "vigie_hub_samples_refused_total{reason=\"unsupported\"} 0",
        ], told);
    }
}
