using Vigie.Hub.Web;

namespace Vigie.Hub.Advisories;

/// <summary>Parts of an advisory in people's words.</summary>
static class AdvisoryText
{
    public static string Day(DateOnly day, Texts texts) => texts.Date(new(day.ToDateTime(default), TimeSpan.Zero));

    /// <summary>The first ones and the number of those left out.</summary>
    public static string Some(IReadOnlyList<string> values, int most, Texts texts) => values.Count <= most
        ? string.Join(", ", values)
        : texts.Format("{0} and {1} more", string.Join(", ", values.Take(most)), values.Count - most);

    /// <summary>Class of the pill that says how old the last answer is: fresh up to 7 days, red from 30.</summary>
    public static string? AgeClass(TimeSpan age) => age.TotalDays >= 30 ? "critical" : age.TotalDays >= 7 ? "warning" : null;

    public static string StateClass(string state) => state switch
    {
        "open" => "critical",
        "closed" => "closed",
        _ => "warning",
    };

    /// <summary>In what an advisory has changed, as an English text.</summary>
    public static string Change(ChangeKind kind) => kind switch
    {
        ChangeKind.CvesAdded => "CVEs added",
        ChangeKind.CvesRemoved => "CVEs removed",
        ChangeKind.Affected => "affected systems",
        ChangeKind.Risk => "risks",
        ChangeKind.Revision => "revision",
        ChangeKind.Closed => "closed by the CERT",
        ChangeKind.Reopened => "opened again by the CERT",
        ChangeKind.Detail => "details have come",
        _ => "text",
    };

    /// <summary>What a type's letters stand for, as an English text.</summary>
    public static string TypeName(string type) => type switch
    {
        "ALE" => "Alerts",
        "AVI" => "Advisories",
        "ACT" => "News bulletins",
        "CTI" => "Threat reports",
        "IOC" => "Indicators of compromise",
        "DUR" => "Hardening guides",
        _ => type,
    };
}
