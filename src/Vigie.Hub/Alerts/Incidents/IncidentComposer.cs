using System.Globalization;
using DotLiquid;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>Makes the message about an incident as it is at this moment: what, where, since when, how much, and the picture.</summary>
sealed class IncidentComposer(HubOptions options, DataFolder folder, IncidentStore incidents, AlertStore alerts, HostDirectory hosts,
    AlertWording wording, AlertPicture pictures, IncidentPlace places, IncidentLinks links, IEnumerable<IMessageContext> contexts, MessageStyles styles,
    TimeProvider time, ILogger<IncidentComposer> log) : IComposer
{
    /// <summary>Lines of alerts in a text; who wants all follows the link.</summary>
    const int MostLines = 25;

    public IReadOnlyList<NotificationKind> Kinds { get; } =
        [NotificationKind.Firing, NotificationKind.Update, NotificationKind.Repeat, NotificationKind.Escalation, NotificationKind.Resolved];

    public async Task<Message?> ComposeAsync(Notification notification, CancellationToken ct) =>
        long.TryParse(notification.Reference, NumberStyles.None, CultureInfo.InvariantCulture, out long id) && incidents.Find(id) is { } incident
            && Grouping.Spoken(alerts.Of(id), wording.Louder) is { Count: > 0 } members
            ? await ComposeAsync(incident, members, notification, ct) : null;

    async Task<Message> ComposeAsync(Incident incident, IReadOnlyList<Alert> members, Notification notification, CancellationToken ct)
    {
        var style = styles.Of(notification.Channel);
        bool isOver = notification.Kind == NotificationKind.Resolved;
        var lead = Grouping.Lead(members);
        var (picture, pictureNote) = await pictures.OfAsync(lead, wording.RuleOf(lead), style, ct);
        AlertFacts[] facts = [.. members.OrderBy(a => a.Id == lead.Id ? 0 : 1).ThenBy(a => a.State == AlertState.Resolved).ThenBy(a => a.Id)
            .Select(a => wording.Of(a, isOver || a.State == AlertState.Resolved, style.Texts))];
        var values = Values(incident, members, lead, facts, notification.Kind, style);
        values["picture"] = picture is not null;
        values["note"] = pictureNote ?? "";
        values["context"] = isOver || lead.Host.Length == 0 || members.Any(m => m.Host != lead.Host) ? new List<Hash>()
            : await ContextAsync(lead.Host, lead.Fired ?? lead.Since, style, ct);
        var (subject, text, html) = Render(values, style.Texts);
        string thread = incident.Thread;
        return new(subject, text, html, picture, $"{wording.RuleOf(lead).Chart}.png",
            notification.Number <= 1 && !isOver ? thread : $"{notification.Kind.ToString().ToLowerInvariant()}-{notification.Number}-{thread}", thread)
        {
            Facts = new(isOver ? MessageStatus.Resolved : MessageStatus.Firing, Grouping.Worst(members), (string)values["url"]!, facts),
        };
    }

    /// <summary>A message with made-up values, for tests of channels.</summary>
    public async Task<Message> ComposeTestAsync(string channel, DateTimeOffset now, CancellationToken ct)
    {
        string host = hosts.All.FirstOrDefault()?.Name ?? "test.example.org";
        long ms = now.ToUnixTimeMilliseconds();
        var alert = new Alert(0, "cpu-high", Labels.From([new("host", host)]), Severity.Critical, AlertState.Firing,
            ms - 300_000, ms, null, 0.97, 0.9);
        var incident = new Incident(0, IncidentScope.OfHost(host), Severity.Critical, ms, ms, ms, 1, null, null, null);
        var notification = new Notification(0, NotificationKind.Firing, "0", channel, now, 0, now, null, null, null) { Number = 1 };
        var message = await ComposeAsync(incident, [alert], notification, ct);
        return message with { Subject = "[TEST] " + message.Subject, MessageId = $"test-{ms}@vigie", ThreadId = null };
    }

    (string, string, string) Render(Dictionary<string, object?> values, Texts texts)
    {
        try
        {
            var own = MailTemplate.Of(folder, texts.Language);
            return (own.Render("subject", values), own.Render("text", values), own.Render("html", values));
        }
        catch (TemplateException e)
        {
            // An alert must reach people even when somebody has just broken the template.
            Log.TemplateFellBack(log, folder.Template, e.Message);
            values["note"] = $"{texts["The template is broken, this is the built-in one:"]} {e.Message}";
            var builtIn = MailTemplate.BuiltIn(texts.Language);
            return (builtIn.Render("subject", values), builtIn.Render("text", values), builtIn.Render("html", values));
        }
    }

    Dictionary<string, object?> Values(Incident incident, IReadOnlyList<Alert> members, Alert lead, AlertFacts[] facts, NotificationKind kind,
        MessageStyle style)
    {
        var texts = style.Texts;
        bool isOver = kind == NotificationKind.Resolved;
        string place = places.Of(incident, members, texts);
        var host = members.All(m => m.Host == lead.Host) ? hosts.Find(lead.Host) : null;
        var since = DateTimeOffset.FromUnixTimeMilliseconds(members.Min(m => m.SinceMs));
        var until = isOver ? incident.Ended ?? time.GetUtcNow() : time.GetUtcNow();
        string address = options.PublicUrl();
        string page = incident.Id > 0 ? $"{address}/incidents/{incident.Id}" : $"{address}/alerts";
        bool isOne = members.Count == 1;
        return new(StringComparer.Ordinal)
        {
            ["resolved"] = isOver,
            ["kind"] = kind.ToString().ToLowerInvariant(),
            ["state"] = texts[isOver ? "resolved" : Grouping.Worst(members.Where(m => m.State != AlertState.Resolved).DefaultIfEmpty(lead))],
            ["severity"] = Grouping.Worst(members),
            ["rule"] = lead.Rule,
            ["title"] = facts[0].Title,
            ["host"] = place,
            ["is_one_host"] = host is not null || isOne,
            ["subject"] = host is not null || isOne ? lead.Subject : "",
            ["value"] = facts[0].ValueText,
            ["threshold"] = facts[0].ThresholdText,
            ["since"] = style.Time(since),
            ["until"] = isOver ? style.Time(until) : "",
            ["zone"] = style.Zone.Id,
            ["duration"] = texts.Duration((isOver || kind != NotificationKind.Firing ? until : incident.Opened) - since),
            ["os"] = host?.Os ?? "",
            ["addresses"] = host is null ? "" : string.Join(", ", host.Addresses),
            ["url"] = isOne ? facts[0].Url : page,
            ["incident"] = incident.Id,
            ["incident_url"] = page,
            ["alerts_url"] = $"{address}/alerts",
            ["details"] = facts[0].Details,
            ["news"] = News(incident, kind, until - since, texts),
            ["guess"] = places.Guess(incident, members, texts),
            ["alerts"] = isOne ? new List<Hash>() : [.. facts.Take(MostLines).Select(f => Line(f, style))],
            ["more"] = Math.Max(0, facts.Length - MostLines),
            ["others"] = facts.Length - 1,
            ["ack_url"] = isOver || incident.Id == 0 ? "" : links.Of(incident),
        };
    }

    /// <summary>Why there is another message; empty for the first and the last.</summary>
    string News(Incident incident, NotificationKind kind, TimeSpan lasts, Texts texts) => kind switch
    {
        NotificationKind.Update => texts["More has come to it."],
        NotificationKind.Repeat => texts.Format("It goes on for {0}, and nobody has acknowledged it.", texts.Duration(lasts)),
        NotificationKind.Escalation => texts.Format("Nobody has acknowledged it within {0}, so it comes to you as well.",
            texts.Duration(time.GetUtcNow() - incident.Opened)),
        _ => "",
    };

    async Task<List<Hash>> ContextAsync(string host, DateTimeOffset at, MessageStyle style, CancellationToken ct)
    {
        var facts = new List<Hash>();
        foreach (var context in contexts.OrderBy(c => c.Place))
            foreach (var (name, value) in await context.OfAsync(host, at, style, ct))
                if (value.Length > 0)
                    facts.Add(Hash.FromDictionary(new Dictionary<string, object>
                    {
                        ["name"] = style.Texts[name],
                        ["value"] = value,
                        ["lines"] = value.Split('\n').ToList(),
                    }));
        return facts;
    }

    static Hash Line(AlertFacts fact, MessageStyle style) => Hash.FromDictionary(new Dictionary<string, object>
    {
        ["host"] = fact.Host,
        ["title"] = fact.Title,
        ["subject"] = string.Join(' ', fact.Labels.Span.ToArray()
            .Where(l => l.Name is not ("host" or "device" or "alertname" or "severity")).Select(l => l.Value)),
        ["severity"] = fact.Severity,
        ["state"] = style.Texts[fact.Status == MessageStatus.Resolved ? "resolved" : fact.Severity],
        ["resolved"] = fact.Status == MessageStatus.Resolved,
        ["value"] = fact.ValueText,
        ["since"] = style.Time(fact.Since),
        ["url"] = fact.Url,
    });
}
