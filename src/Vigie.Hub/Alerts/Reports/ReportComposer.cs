using System.Globalization;
using System.Net;
using System.Text;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;
using Vigie.PromQL;

namespace Vigie.Hub.Alerts.Reports;

/// <summary>Writes the report of the time before an instant, which is its reference.</summary>
sealed class ReportComposer(HubOptions options, MessageStyles styles, IEnumerable<IReportSection> sections) : IComposer
{
    public IReadOnlyList<NotificationKind> Kinds { get; } = [NotificationKind.Report];

    public async Task<Message?> ComposeAsync(Notification notification, CancellationToken ct) =>
        long.TryParse(notification.Reference, NumberStyles.None, CultureInfo.InvariantCulture, out long endMs)
            ? await ComposeAsync(DateTimeOffset.FromUnixTimeMilliseconds(endMs), options.Reports.Span, styles.Of(notification.Channel), ct) : null;

    public async Task<Message> ComposeAsync(DateTimeOffset to, TimeSpan span, MessageStyle style, CancellationToken ct)
    {
        var t = style.Texts;
        var from = to - span;
        string title = t.Format("Report from {0} to {1}", style.Time(from), style.Time(to));
        var found = new List<ReportSection>();
        foreach (var section in sections.OrderBy(s => s.Place))
            if (await OfAsync(section, from, to, style, ct) is { } told)
                found.Add(told);
        string url = options.PublicUrl() + "/alerts";
        return new($"[Vigie] {title}", Text(title, found, url), Html(title, found, url, style.Texts), null, "",
            $"report-{to.ToUnixTimeMilliseconds()}@vigie", null)
        {
            Facts = new(MessageStatus.Notice, Severity.Warning, url, []),
        };
    }

    /// <summary>A section that can't be made says why; the others are worth having.</summary>
    async Task<ReportSection?> OfAsync(IReportSection section, DateTimeOffset from, DateTimeOffset to, MessageStyle style,
        CancellationToken ct)
    {
        try
        {
            return await section.OfAsync(from, to, style, ct);
        }
        catch (Exception e) when (e is PromQLException or StoreUnavailableException)
        {
            return new(section.GetType().Name.Replace("Section", "", StringComparison.Ordinal), e.Message, []);
        }
    }

    static string Text(string title, List<ReportSection> sections, string url)
    {
        var text = new StringBuilder(title).Append('\n');
        foreach (var section in sections)
        {
            text.Append('\n').Append(section.Title.ToUpperInvariant()).Append('\n').Append(section.Sentence).Append('\n');
            foreach (var (name, said) in section.Lines)
                text.Append("- ").Append(name).Append(said.Length > 0 ? ": " + said : "").Append('\n');
        }
        return text.Append('\n').Append(url).Append('\n').ToString();
    }

    static string Html(string title, List<ReportSection> sections, string url, Texts texts)
    {
        var body = new StringBuilder();
        foreach (var section in sections)
        {
            body.Append("<h2 style=\"font-size:16px;margin:20px 0 4px\">").Append(Encode(section.Title)).Append("</h2>\n<p style=\"margin:0 0 6px\">")
                .Append(Encode(section.Sentence)).Append("</p>\n");
            if (section.Lines.Count > 0)
                body.Append("<table role=\"presentation\" style=\"border-collapse:collapse;font-size:14px;width:100%\">\n");
            foreach (var (name, said) in section.Lines)
                body.Append("<tr style=\"border-top:1px solid #e5e8ee\"><td style=\"padding:4px 12px 4px 0\">").Append(Encode(name))
                    .Append("</td><td style=\"padding:4px 0;color:#5b6472\">").Append(Encode(said)).Append("</td></tr>\n");
            body.Append(section.Lines.Count > 0 ? "</table>\n" : "");
        }
        return MailPage.Of(texts.Language, "#2f6feb", $"""
            <div style="font-size:20px;font-weight:600">{Encode(title)}</div>
            {body}<p style="margin:16px 0 0"><a href="{Encode(url)}" style="color:#2f6feb">{Encode(texts["All alerts"])}</a></p>
            """);
    }

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
