using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Alerts.Reports;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>How many advisories concern the fleet, and the servers with most findings.</summary>
sealed class AdvisorySection(FindingStore findings) : IReportSection
{
    const int MostLines = 10;

    public int Place => 40;

    public Task<ReportSection?> OfAsync(DateTimeOffset from, DateTimeOffset to, MessageStyle style, CancellationToken ct)
    {
        var (advisories, hosts) = findings.Totals();
        if (advisories == 0)
            return Task.FromResult<ReportSection?>(null);
        var t = style.Texts;
        var most = findings.Counts().GroupBy(c => c.Host, StringComparer.Ordinal).Select(h => (Host: h.Key, Count: h.Sum(c => c.Count)))
            .OrderByDescending(h => h.Count).ThenBy(h => h.Host, StringComparer.Ordinal);
        return Task.FromResult<ReportSection?>(new(t["Advisories"],
            t.Format("{0} advisories concern {1} servers", t.Number(advisories, 0), t.Number(hosts, 0)) + ".",
            [.. most.Take(MostLines).Select(h => (h.Host, t.Format("findings: {0}", t.Number(h.Count, 0))))]));
    }
}
