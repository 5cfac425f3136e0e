using Vigie.Core.Metrics;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>The series that one recording rule writes. What it wrote the last time and not now ends with a stale marker.</summary>
sealed class RecordedSeries(GroupRule rule, IReadOnlyDictionary<string, string> extra)
{
    readonly MetricInfo _metric = new(rule.Name, "", MetricKind.Gauge, $"Recorded: {rule.Expression}");
    Dictionary<Labels, Series> _known = [];

    public SampleBatch Samples(IReadOnlyList<SeriesSamples> answer, long timeMs)
    {
        var batch = new SampleBatch();
        var now = new Dictionary<Labels, Series>(answer.Count);
        foreach (var one in answer)
        {
            var labels = Labels.From(
            [
                .. one.Labels.Span.ToArray(), .. extra.Select(e => new Label(e.Key, e.Value)), new Label(Labels.MetricName, rule.Name),
            ]);
            var series = _known.GetValueOrDefault(labels) ?? new(labels, _metric);
            if (!now.TryAdd(labels, series))
                throw new RuleException($"two series become {labels} by the rule's labels");
            batch.Add(series, timeMs, one.Values.Span[^1]);
        }
        foreach (var (labels, series) in _known)
            if (!now.ContainsKey(labels))
                batch.Add(series, timeMs, StaleMarker.Value);
        _known = now;
        return batch;
    }
}

/// <summary>A rule that can't be evaluated on these data.</summary>
sealed class RuleException(string message) : Exception(message);
