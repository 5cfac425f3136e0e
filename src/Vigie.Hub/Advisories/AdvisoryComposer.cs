using System.Net;
using System.Text;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Advisories;

/// <summary>
/// Writes the messages about an advisory: the first one (number 0) tells of a new alert, the others that servers which it concerns can be updated. All
/// are one thread. Its words come from outside: the HTML holds them encoded, and nothing
/// remote.
/// </summary>
sealed class AdvisoryComposer(HubOptions options, AdvisoryStore store, FindingStore findings, IEnumerable<Feeds.IFeed> feeds) : IComposer
{
    const int MostCves = 20, MostSummary = 4000;

    readonly Texts _texts = Texts.Of(options.Server.Language);

    public IReadOnlyList<NotificationKind> Kinds { get; } = [NotificationKind.Advisory];

    public Task<Message?> ComposeAsync(Notification notification, CancellationToken ct) =>
        Task.FromResult(store.Find(notification.Reference) is { } advisory ? Compose(advisory, notification.Number) : null);

    /// <returns>Null when what was to be told is over.</returns>
    Message? Compose(Advisory advisory, int number)
    {
        var hosts = new ConcernedHosts(findings.Of(advisory.Reference), number, _texts);
        if (number > 0 && hosts.IsOver)
            return null;
        string feed = feeds.FirstOrDefault(f => f.Name == advisory.Feed)?.Title ?? advisory.Feed;
        string summary = advisory.Summary.Length > 0
            ? OutsideText.Plain(advisory.Summary)
            : advisory.Detail == DetailState.Missing ? _texts["The source does not give the details yet."] : "";
        if (summary.Length > MostSummary)
            summary = summary[..MostSummary] + "…";
        string own = $"{options.PublicUrl()}/advisories/{Uri.EscapeDataString(advisory.Reference)}";
        string thread = $"advisory-{advisory.Reference.ToLowerInvariant()}@vigie";
        string id = number == 0 ? thread : $"advisory-{advisory.Reference.ToLowerInvariant()}-{number}@vigie";
        string subject = number == 0
            ? _texts.Format("[{0}] New alert {1}: {2}", feed, advisory.Reference, advisory.Title)
            : _texts.Format("[{0}] Servers to update: {3}. {1}: {2}", feed, advisory.Reference, advisory.Title, hosts.New);
        return new(subject, Text(advisory, Facts(advisory), hosts, summary, own), Html(advisory, Facts(advisory), hosts, summary, own), null, "", id, thread)
        {
            Facts = new(MessageStatus.Notice, Severity.Critical, own, []),
        };
    }

    List<(string Name, string Value)> Facts(Advisory advisory)
    {
        var facts = new List<(string, string)>
        {
            (_texts["Reference"], advisory.Reference),
            (_texts["Published"], AdvisoryText.Day(advisory.First, _texts)),
        };
        if (advisory.Last != advisory.First)
            facts.Add((_texts["Updated"], AdvisoryText.Day(advisory.Last, _texts)));
        if (advisory.Closed is { } closed)
            facts.Add((_texts["Closed"], AdvisoryText.Day(closed, _texts)));
        if (advisory.Risks.Count > 0)
            facts.Add((_texts["Risks"], string.Join("; ", advisory.Risks)));
        if (advisory.Cves.Count > 0)
            facts.Add(("CVE", AdvisoryText.Some(advisory.Cves, MostCves, _texts)));
        return facts;
    }

    string Text(Advisory advisory, List<(string Name, string Value)> facts, ConcernedHosts hosts, string summary, string own)
    {
        var text = new StringBuilder(advisory.Title).Append("\n\n");
        int width = facts.Max(f => f.Name.Length);
        foreach (var (name, value) in facts)
            text.Append(name.PadRight(width + 2)).Append(value).Append('\n');
        text.Append(hosts.Text());
        if (summary.Length > 0)
            text.Append('\n').Append(summary).Append('\n');
        return text.Append('\n').Append(_texts["At the source:"]).Append(' ').Append(advisory.Url).Append('\n')
            .Append(_texts["In Vigie:"]).Append(' ').Append(own).Append('\n').ToString();
    }

    string Html(Advisory advisory, List<(string Name, string Value)> facts, ConcernedHosts hosts, string summary, string own)
    {
        var rows = new StringBuilder();
        foreach (var (name, value) in facts)
            rows.Append("<tr><td style=\"padding:2px 16px 2px 0;color:#5b6472;vertical-align:top\">")
                .Append(Encode(name))
                .Append("</td><td style=\"padding:2px 0\">")
                .Append(Encode(value))
                .Append("</td></tr>\n");
        string source = $"""<a href="{Encode(advisory.Url)}" style="color:#2f6feb">{Encode(_texts["At the source"])}</a>""";
        string inVigie = $"""<a href="{Encode(own)}" style="color:#2f6feb">{Encode(_texts["In Vigie"])}</a>""";
        return MailPage.Of(_texts.Language, "#d1242f", $"""
            <div style="font-size:13px;font-weight:600;text-transform:uppercase;color:#d1242f">{Encode(_texts["Security alert"])}</div>
            <div style="font-size:20px;font-weight:600;margin:2px 0 12px">{Encode(advisory.Title)}</div>
            <table role="presentation" style="border-collapse:collapse;font-size:15px">
            {rows}</table>
            {hosts.Html()}
            <p style="white-space:pre-line">{Encode(summary)}</p>
            <p style="margin:16px 0 0">{source} &nbsp;·&nbsp; {inVigie}</p>
            """);
    }

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
