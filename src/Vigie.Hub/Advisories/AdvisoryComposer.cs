using System.Net;
using System.Text;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Advisories;

/// <summary>Writes the message about a new alert of a CERT. Its words come from outside: the HTML holds them encoded, and nothing
/// remote.</summary>
sealed class AdvisoryComposer(HubOptions options, AdvisoryStore store, IEnumerable<Feeds.IFeed> feeds) : IComposer
{
    const int MostCves = 20, MostSummary = 4000;

    readonly Texts _texts = Texts.Of(options.Server.Language);

    public IReadOnlyList<NotificationKind> Kinds { get; } = [NotificationKind.Advisory];

    public Task<Message?> ComposeAsync(Notification notification, CancellationToken ct) =>
        Task.FromResult(store.Find(notification.Reference) is { } advisory ? Compose(advisory) : null);

    Message Compose(Advisory advisory)
    {
        string feed = feeds.FirstOrDefault(f => f.Name == advisory.Feed)?.Title ?? advisory.Feed;
        string summary = advisory.Summary.Length > 0
            ? OutsideText.Plain(advisory.Summary)
            : advisory.Detail == DetailState.Missing ? _texts["The source does not give the details yet."] : "";
        if (summary.Length > MostSummary)
            summary = summary[..MostSummary] + "…";
        string own = $"{options.PublicUrl()}/advisories?q={Uri.EscapeDataString(advisory.Reference)}";
        string id = $"advisory-{advisory.Reference.ToLowerInvariant()}@vigie";
        return new(_texts.Format("[{0}] New alert {1}: {2}", feed, advisory.Reference, advisory.Title),
            Text(advisory, Facts(advisory), summary, own), Html(advisory, Facts(advisory), summary, own), null, "", id, id)
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

    string Text(Advisory advisory, List<(string Name, string Value)> facts, string summary, string own)
    {
        var text = new StringBuilder(advisory.Title).Append("\n\n");
        int width = facts.Max(f => f.Name.Length);
        foreach (var (name, value) in facts)
            text.Append(name.PadRight(width + 2)).Append(value).Append('\n');
        if (summary.Length > 0)
            text.Append('\n').Append(summary).Append('\n');
        return text.Append('\n').Append(_texts["At the source:"]).Append(' ').Append(advisory.Url).Append('\n')
            .Append(_texts["In Vigie:"]).Append(' ').Append(own).Append('\n').ToString();
    }

    string Html(Advisory advisory, List<(string Name, string Value)> facts, string summary, string own)
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
        const string Page =
            "margin:0;padding:16px;background:#f4f6f9;font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1f2937";
        return $"""
            <!doctype html>
            <html lang="{_texts.Language}"><body style="{Page}">
            <table role="presentation" width="100%" style="max-width:680px;margin:auto;background:#ffffff;border-radius:8px;border-top:5px solid #d1242f">
            <tr><td style="padding:20px 24px">
            <div style="font-size:13px;font-weight:600;text-transform:uppercase;color:#d1242f">{Encode(_texts["Security alert"])}</div>
            <div style="font-size:20px;font-weight:600;margin:2px 0 12px">{Encode(advisory.Title)}</div>
            <table role="presentation" style="border-collapse:collapse;font-size:15px">
            {rows}</table>
            <p style="white-space:pre-line">{Encode(summary)}</p>
            <p style="margin:16px 0 0">{source} &nbsp;·&nbsp; {inVigie}</p>
            </td></tr></table>
            </body></html>

            """;
    }

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
