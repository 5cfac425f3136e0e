using System.Text;
using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Hub.Export;

/// <summary>What an export has written.</summary>
sealed record ExportReport(long Samples, int Series, int Hosts);

/// <summary>Writes samples as text. One metric of one host is in memory at a time, however long the history is.</summary>
sealed class SampleExport(MetricStore store, TextWriter to)
{
    const int ChunkLength = 1 << 16;

    readonly StringBuilder _chunk = new();

    /// <param name="format">Makes the format, given the names of all metrics that come.</param>
    public async Task<ExportReport> WriteAsync(IReadOnlyList<LabelMatcher> matchers, long fromMs, long toMs,
        Func<IReadOnlySet<string>, SampleFormat> format, IProgress<double> progress, CancellationToken ct)
    {
        var all = await store.SeriesAsync([new(matchers, fromMs, toMs)], ct);
        var written = format(all.Select(l => l.Name).ToHashSet(StringComparer.Ordinal));
        var parts = all.Select(l => (Metric: l.Name, Host: l["host"])).Distinct().ToList();
        parts.Sort((a, b) => written.IsByMetric ? Compare(a.Metric, b.Metric, a.Host, b.Host) : Compare(a.Host, b.Host, a.Metric, b.Metric));
        var metrics = store.Metrics();
        long samples = 0;
        string? last = null;
        written.Begin(_chunk);
        for (int i = 0; i < parts.Count; i++)
        {
            var (metric, host) = parts[i];
            if (last != metric)
                written.Metric(_chunk, last = metric, metrics.GetValueOrDefault(metric));
            var answer = await store.SelectAsync(new([.. matchers, new(Labels.MetricName, MatchKind.Equal, metric),
                new("host", MatchKind.Equal, host)], fromMs, toMs), ct);
            foreach (var series in answer.OrderBy(s => s.Labels.ToString(), StringComparer.Ordinal))
            {
                samples += series.Values.ToArray().Count(v => !StaleMarker.Is(v));
                written.Series(_chunk, series);
                if (_chunk.Length > ChunkLength)
                    await FlushAsync(ct);
            }
            progress.Report((i + 1.0) / parts.Count);
        }
        written.End(_chunk);
        await FlushAsync(ct);
        await to.FlushAsync(ct);
        return new(samples, all.Count, parts.Select(p => p.Host).Distinct(StringComparer.Ordinal).Count());
    }

    static int Compare(string a, string b, string thenA, string thenB) =>
        string.CompareOrdinal(a, b) is var order and not 0 ? order : string.CompareOrdinal(thenA, thenB);

    async Task FlushAsync(CancellationToken ct)
    {
        await to.WriteAsync(_chunk, ct);
        _chunk.Clear();
    }
}
