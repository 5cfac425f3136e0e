using Vigie.Core.Metrics;

namespace Vigie.Agent.Checks;

/// <summary>The metrics of what scripts and files tell: stored under the names that they wrote, one object for each.</summary>
sealed class PrintedNames
{
    const int Most = 10_000;

    readonly Dictionary<string, MetricInfo> _metrics = new(StringComparer.Ordinal);

    // A name that ends in _total is stored as it is only for a counter or a gauge; any other counter would get a second ending.
    public MetricInfo Of(string name, PrintedMetrics printed)
    {
        var metric = new MetricInfo(name, "", printed.Counters.Contains(name) && name.EndsWith("_total", StringComparison.Ordinal)
            ? MetricKind.Counter : MetricKind.Gauge, printed.Help.GetValueOrDefault(name, ""));
        if (_metrics.TryGetValue(name, out var known) && known == metric)
            return known;
        if (_metrics.Count > Most) // a script that prints ever new names
            _metrics.Clear();
        return _metrics[name] = metric;
    }
}
