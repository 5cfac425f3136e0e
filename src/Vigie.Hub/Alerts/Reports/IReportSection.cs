using Vigie.Hub.Alerts.Incidents;

namespace Vigie.Hub.Alerts.Reports;

/// <summary>What a feature has to say of a week or a day. Found, not listed.</summary>
interface IReportSection
{
    /// <summary>Where it stands among the others; small numbers first.</summary>
    int Place { get; }

    /// <summary>Null when there is nothing to say.</summary>
    Task<ReportSection?> OfAsync(DateTimeOffset from, DateTimeOffset to, MessageStyle style, CancellationToken ct);
}

/// <summary>A heading, a sentence, and lines of a name and what is said of it. In the reader's language.</summary>
sealed record ReportSection(string Title, string Sentence, IReadOnlyList<(string Name, string Text)> Lines);
