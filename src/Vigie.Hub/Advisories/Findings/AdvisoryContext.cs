using Vigie.Hub.Alerts.Incidents;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>The open advisories of a host, the gravest first, for the message about an alert.</summary>
sealed class AdvisoryContext(FindingStore findings) : IMessageContext
{
    const int Most = 5;

    public int Place => 40;

    public Task<IReadOnlyList<(string Name, string Value)>> OfAsync(string host, DateTimeOffset at, MessageStyle style, CancellationToken ct)
    {
        var open = findings.OpenOf(host);
        if (open.Count == 0)
            return Task.FromResult<IReadOnlyList<(string, string)>>([]);
        var lines = open.Take(Most).Select(f => $"{f.Reference}: {f.Package} {f.Installed}"
            + (f.Fixed is null ? "" : $" → {f.Fixed}") + $" ({style.Texts[FindingText.State(f.Verdict)]})");
        string all = string.Join('\n', lines);
        if (open.Count > Most)
            all += "\n" + style.Texts.Format("and {0} more", open.Count - Most);
        return Task.FromResult<IReadOnlyList<(string, string)>>([("Open advisories", all)]);
    }
}
