namespace Vigie.Hub.Charts;

/// <summary>How a chart's values are written. Ratios are 0 to 1 and shown as percent.</summary>
enum ChartUnit { Percent, Bytes, BytesPerSecond, PerSecond, Number, Count, Celsius, State }

enum ChartKind { Lines, Stacked }

/// <summary>One group of curves.</summary>
/// <param name="Expression">PromQL over all hosts, of which the chart shows one. <c>$window</c> stands for the range over which a rate
/// is to be taken.</param>
/// <param name="Curve">The curve's name: text with <c>{label}</c> in it.</param>
sealed record ChartQuery(string Expression, string Curve)
{
    public const string Window = "$window";

    public bool IsRate => Expression.Contains(Window, StringComparison.Ordinal);
}

/// <summary>A line across the chart at the value from which a rule speaks.</summary>
sealed record Threshold(double Value, string Severity);

/// <summary>A picture of one side of a host. English; the pages translate title and curves. What it shows is asked of its
/// <see cref="Sources.MetricSource"/>.</summary>
/// <param name="Id">The probe's name; it stands in the address.</param>
/// <param name="Most">The axis always reaches this far; null: as far as the data.</param>
/// <param name="Limit">An expression by host whose value is the axis' end, such as the memory installed.</param>
sealed record ChartSpec(string Id, string Title, ChartUnit Unit, ChartKind Kind, double? Most = null, string? Limit = null)
{
    /// <summary>Names of curves in the order they are drawn, from the bottom up; others follow by name.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>Left out of a host's page when there is nothing in it: what many hosts don't have, such as containers.</summary>
    public bool OnlyWithData { get; init; }
}
