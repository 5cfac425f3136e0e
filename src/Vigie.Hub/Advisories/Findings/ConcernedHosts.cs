using System.Net;
using System.Text;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Web;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>The servers that an advisory concerns, for a message about it: first those of which it tells, then others, and what to type.</summary>
sealed class ConcernedHosts
{
    const int MostRows = 50;

    readonly Texts _texts;
    readonly List<Finding> _rows;

    /// <param name="number">Of the message; 0 for the first, which is about the advisory.</param>
    public ConcernedHosts(IReadOnlyList<Finding> findings, int number, Texts texts)
    {
        _texts = texts;
        var open = findings.Where(f => f is { Tier: Tier.Concerns, Ended: null, IsAccepted: false }
            && f.Verdict is Verdict.FixAvailable or Verdict.RestartNeeded or Verdict.FixPending).ToList();
        bool isNew(Finding f) => number > 0 && f.Mail == number && f.Verdict == Verdict.FixAvailable;
        _rows = [.. open.OrderByDescending(isNew)];
        New = open.Where(isNew).Select(f => f.Host).Distinct(StringComparer.Ordinal).Count();
    }

    /// <summary>How many servers the message is about.</summary>
    public int New { get; }

    /// <summary>They were updated before the message could be sent, or the risk was accepted.</summary>
    public bool IsOver => New == 0;

    IEnumerable<string> Commands => _rows.Where(f => f.Verdict == Verdict.FixAvailable).Select(f => f.Command).OfType<string>()
        .Distinct(StringComparer.Ordinal).Take(MostRows);

    string More => _rows.Count > MostRows ? _texts.Format("and {0} more", _rows.Count - MostRows) : "";

    string What(Finding f) => $"{f.Package} {f.Installed}" + (f.Fixed is null ? "" : $" → {f.Fixed}");

    public string Text()
    {
        if (_rows.Count == 0)
            return "";
        var text = new StringBuilder("\n").Append(_texts["Concerned servers:"]).Append('\n');
        foreach (var f in _rows.Take(MostRows))
            text.Append("  ").Append(f.Host).Append("  ").Append(What(f)).Append("  ").Append(_texts[FindingText.State(f.Verdict)]).Append('\n');
        if (More.Length > 0)
            text.Append("  ").Append(More).Append('\n');
        foreach (var (i, command) in Commands.Index())
            text.Append(i == 0 ? $"\n{_texts["To update:"]}\n" : "").Append("  ").Append(command).Append('\n');
        return text.ToString();
    }

    public string Html()
    {
        if (_rows.Count == 0)
            return "";
        var html = new StringBuilder("<table role=\"presentation\" style=\"border-collapse:collapse;font-size:14px;margin:14px 0 0;width:100%\">\n<tr>");
        foreach (string head in new[] { "Host", "Package", "Installed", "Fixed in", "State" })
            html.Append("<td style=\"padding:2px 10px 2px 0;color:#5b6472\">").Append(Encode(_texts[head])).Append("</td>");
        html.Append("</tr>\n");
        foreach (var f in _rows.Take(MostRows))
        {
            html.Append("<tr>");
            foreach (string cell in new[] { f.Host, f.Package, f.Installed, f.Fixed ?? "–", _texts[FindingText.State(f.Verdict)] })
                html.Append("<td style=\"padding:2px 10px 2px 0;border-top:1px solid #e5e7eb;vertical-align:top\">").Append(Encode(cell)).Append("</td>");
            html.Append("</tr>\n");
        }
        html.Append("</table>\n");
        if (More.Length > 0)
            html.Append("<p>").Append(Encode(More)).Append("</p>\n");
        foreach (string command in Commands)
            html.Append("<pre style=\"background:#f4f6f9;padding:8px 10px;border-radius:6px;white-space:pre-wrap;margin:10px 0 0\">")
                .Append(Encode(command)).Append("</pre>\n");
        return html.ToString();
    }

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
