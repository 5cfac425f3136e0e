using Vigie.Core.Metrics;
using Vigie.Hub.Charts;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Alerts;

/// <summary>A question that is asked again and again, and the answer from which people want to know.</summary>
/// <param name="Name">Short and stable; it is stored with each alert.</param>
/// <param name="Expression">PromQL; each series of its answer is an alert of its own.</param>
/// <param name="Threshold">An alert begins where the value is at least this; null when the expression holds its own condition.</param>
/// <param name="For">How long the value must stay there.</param>
/// <param name="Severity"><c>warning</c> or <c>critical</c>.</param>
/// <param name="Title">What is wrong, in a few words. English; translated where it is shown.</param>
/// <param name="Unit">How value and threshold are written; null for a duration.</param>
/// <param name="Chart">The chart that shows it, if any.</param>
/// <param name="MutedBy">The rule that says the same more urgently: while it fires, this one is not told.</param>
sealed record Rule(string Name, string Expression, double? Threshold, TimeSpan For, string Severity, string Title,
    ChartUnit? Unit, string? Chart = null, string? MutedBy = null)
{
    static readonly Dictionary<string, string> None = new(StringComparer.Ordinal);

    /// <summary>Parsed once: the question is asked every few seconds.</summary>
    public Expr Parsed => field ??= Expr.Parse(Expression);

    /// <summary>The whole condition in PromQL, the threshold included.</summary>
    public string Query => Threshold is { } threshold
        ? $"({Expression}) >= {threshold.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}"
        : Expression;

    /// <summary>An alert that fires ends when its value is below this; null for the threshold itself.</summary>
    public double? Clear { get; init; }

    /// <summary>How often it is asked, when that is more seldom than the others.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>The group that an imported rule comes from; null when it is built in.</summary>
    public string? Group { get; init; }

    /// <summary>How long an alert goes on firing when the rule does not hold any more.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>Labels that its alerts carry besides those of the series.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = None;

    /// <summary>Texts about its alerts: of an imported rule with Prometheus' templates in them, else in Liquid.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = None;

    /// <summary>Which hosts it is about, as patterns; see <see cref="Policies.AlertMatch"/>. None is all.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The labels of an imported rule; of one that is built in its severity.</summary>
    public IReadOnlyDictionary<string, string> AllLabels => Group is not null ? Labels
        : new Dictionary<string, string>(StringComparer.Ordinal) { ["severity"] = Severity };

    /// <summary>All labels of one of its alerts, as its annotations see them.</summary>
    public Labels LabelsOf(Alert alert) => Core.Metrics.Labels.From(
    [
        .. alert.Labels.Span.ToArray(), .. AllLabels.Select(l => new Label(l.Key, l.Value)),
        new Label("alertname", Group is null ? Name : Title),
    ]);
}

static class Severity
{
    public const string Warning = "warning", Critical = "critical";
}
