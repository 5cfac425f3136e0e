using Vigie.Hub.Charts;

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
    ChartUnit? Unit, string? Chart = null, string? MutedBy = null);

static class Severity
{
    public const string Warning = "warning", Critical = "critical";
}
