namespace Vigie.Hub.Charts;

/// <summary>How a chart's values are written. Ratios are 0 to 1 and shown as percent.</summary>
enum ChartUnit { Percent, Bytes, BytesPerSecond, PerSecond, Number, Count }

enum ChartKind { Lines, Stacked }

/// <summary>One group of curves.</summary>
/// <param name="Metric">The metric's stored name.</param>
/// <param name="Curve">The curve's name: text with <c>{label}</c> in it.</param>
/// <param name="Matchers">PromQL matchers besides the host's.</param>
/// <param name="Rate">The metric is a counter: draw its increase per second.</param>
sealed record ChartQuery(string Metric, string Curve, string Matchers = "", bool Rate = false)
{
    public string Selector(string host) =>
        $"{Metric}{{host={Core.Metrics.Labels.Quote(host)}{(Matchers.Length > 0 ? "," + Matchers : "")}}}";
}

/// <summary>A line across the chart at the value from which a rule speaks.</summary>
sealed record Threshold(double Value, string Severity);

/// <summary>A picture of one probe's metrics. English; the pages translate title and curves.</summary>
/// <param name="Id">The probe's name; it stands in the address.</param>
/// <param name="Most">The axis always reaches this far; null: as far as the data.</param>
/// <param name="Limit">A selector whose value is the axis' end, such as the memory installed.</param>
sealed record ChartSpec(string Id, string Title, ChartUnit Unit, ChartKind Kind, IReadOnlyList<ChartQuery> Queries,
    double? Most = null, ChartQuery? Limit = null)
{
    /// <summary>Names of curves in the order they are drawn, from the bottom up; others follow by name.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];
}
