using Vigie.Hub.Alerts.Incidents;

namespace Vigie.Hub.Alerts.Reports;

/// <summary>What went wrong, and for how long; the longest first.</summary>
sealed class IncidentSection(IncidentStore incidents, IncidentWords words) : IReportSection
{
    const int MostLines = 15;

    public int Place => 20;

    public Task<ReportSection?> OfAsync(DateTimeOffset from, DateTimeOffset to, MessageStyle style, CancellationToken ct)
    {
        var t = style.Texts;
        var all = incidents.Between(from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds())
            .Select(i => (Incident: i, Length: Length(i, from, to))).OrderByDescending(i => i.Length).ToList();
        int open = all.Count(i => i.Incident.Ended is null || i.Incident.Ended > to), messages = all.Sum(i => i.Incident.Messages);
        string sentence = all.Count == 0 ? t["Nothing went wrong."]
            : t.Format("Incidents: {0}; not over yet: {1}; messages about them: {2}.", all.Count, open, messages);
        return Task.FromResult<ReportSection?>(new(t["Incidents"], sentence,
        [
            .. all.Take(MostLines).Select(i => (words.Title(i.Incident, t), $"{style.Time(i.Incident.Opened)}, {t.Duration(i.Length)}"
                + (i.Incident.Ended is null || i.Incident.Ended > to ? ", " + t["not over"] : "")
                + (i.Incident.Acknowledged is { } done ? ", " + t.Format("acknowledged by {0}", done.By) : ""))),
            .. all.Count > MostLines ? [(t.Format("and {0} more", all.Count - MostLines), "")] : Array.Empty<(string, string)>(),
        ]));
    }

    static TimeSpan Length(Incident incident, DateTimeOffset from, DateTimeOffset to)
    {
        var begin = incident.Opened > from ? incident.Opened : from;
        var end = incident.Ended is { } ended && ended < to ? ended : to;
        return end > begin ? end - begin : TimeSpan.Zero;
    }
}
