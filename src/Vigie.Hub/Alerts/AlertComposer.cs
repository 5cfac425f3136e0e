using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts;

/// <summary>Makes the message about an alert: what, where, since when, how much, and the picture.</summary>
sealed class AlertComposer(HubOptions options, DataFolder folder, AlertStore alerts, RuleSet rules, HostDirectory hosts,
    AlertWords words, ChartService charts, ILogger<AlertComposer> log)
    : IComposer
{
    const int LongestValue = 120;

    static readonly TimeSpan Before = TimeSpan.FromHours(3), Least = TimeSpan.FromMinutes(15);

    readonly Texts _texts = Texts.Of(options.Server.Language);
    readonly TimeZoneInfo _zone = Zones.Of(options.Server.TimeZone);

    public IReadOnlyList<NotificationKind> Kinds { get; } = [NotificationKind.Firing, NotificationKind.Resolved];

    public async Task<Message?> ComposeAsync(Notification notification, CancellationToken ct) =>
        long.TryParse(notification.Reference, out long id)
            && alerts.Find(id) is { } alert ? await ComposeAsync(alert, notification.Kind, ct) : null;

    async Task<Message> ComposeAsync(Alert alert, NotificationKind kind, CancellationToken ct)
    {
        var rule = rules.Find(alert.Rule) ?? new(alert.Rule, "", alert.Threshold, default, alert.Severity, alert.Rule, ChartUnit.Number);
        var (picture, pictureNote) = await PictureAsync(alert, rule, kind, ct);
        var values = Values(alert, rule, kind, picture is not null, pictureNote);
        var (subject, text, html) = Render(values);
        // Another hub, or a database made anew, counts its alerts from one too.
        string thread = $"alert-{alert.Id}-{alert.SinceMs}@vigie";
        return new(subject, text, html, picture, $"{rule.Chart}.png",
            kind == NotificationKind.Firing ? thread : $"{kind.ToString().ToLowerInvariant()}-{thread}", thread)
        {
            Facts = FactsOf(alert, rule, values),
        };
    }

    /// <summary>The same for programs, in the words that the template was given.</summary>
    static Facts FactsOf(Alert alert, Rule rule, Dictionary<string, object?> values)
    {
        var status = values["resolved"] is true ? MessageStatus.Resolved : MessageStatus.Firing;
        string url = (string)values["url"]!;
        return new(status, alert.Severity, url,
            [new(status, alert.Rule, (string)values["title"]!, alert.Severity, rule.LabelsOf(alert), alert.Value, (string)values["value"]!,
                alert.Threshold, (string)values["threshold"]!, alert.Since, alert.Resolved, url, (string)values["details"]!)]);
    }

    /// <summary>A message with made-up values, for `test-mail`.</summary>
    public async Task<Message> ComposeTestAsync(DateTimeOffset now, CancellationToken ct)
    {
        string host = hosts.All.FirstOrDefault()?.Name ?? "test.example.org";
        long ms = now.ToUnixTimeMilliseconds();
        var alert = new Alert(0, "cpu-high", Labels.From([new("host", host)]), Severity.Critical, AlertState.Firing,
            ms - 300_000, ms, null, 0.97, 0.9);
        var message = await ComposeAsync(alert, NotificationKind.Firing, ct);
        return message with { Subject = "[TEST] " + message.Subject, MessageId = $"test-{ms}@vigie", ThreadId = null };
    }

    (string, string, string) Render(Dictionary<string, object?> values)
    {
        try
        {
            var own = File.Exists(folder.Template)
                ? MailTemplate.Parse(File.ReadAllText(folder.Template), folder.Template)
                : MailTemplate.BuiltIn(_texts.Language);
            return (own.Render("subject", values), own.Render("text", values), own.Render("html", values));
        }
        catch (TemplateException e)
        {
            // An alert must reach people even when somebody has just broken the template.
            Log.TemplateFellBack(log, folder.Template, e.Message);
            values["note"] = $"{_texts["The template is broken, this is the built-in one:"]} {e.Message}";
            var builtIn = MailTemplate.BuiltIn(_texts.Language);
            return (builtIn.Render("subject", values), builtIn.Render("text", values), builtIn.Render("html", values));
        }
    }

    Dictionary<string, object?> Values(Alert alert, Rule rule, NotificationKind kind, bool picture, string? pictureNote)
    {
        var host = hosts.Find(alert.Host);
        bool resolved = kind == NotificationKind.Resolved;
        var end = alert.Resolved ?? DateTimeOffset.FromUnixTimeMilliseconds(alert.FiredMs ?? alert.SinceMs);
        string address = options.PublicUrl();
        return new(StringComparer.Ordinal)
        {
            ["resolved"] = resolved,
            ["state"] = _texts[resolved ? "resolved" : alert.Severity],
            ["severity"] = alert.Severity,
            ["rule"] = rule.Name,
            ["title"] = _texts[rule.Title],
            ["host"] = alert.Host.Length > 0 ? alert.Host : _texts["all hosts"],
            ["subject"] = alert.Subject,
            ["value"] = Said(alert, rule) is { Length: > 0 } said ? said : AlertText.Value(alert.Value, rule.Unit, _texts),
            ["threshold"] = rule.Unit == ChartUnit.State ? "" : AlertText.Value(alert.Threshold, rule.Unit, _texts),
            ["since"] = _texts.DateTime(TimeZoneInfo.ConvertTime(alert.Since, _zone)),
            ["until"] = alert.Resolved is { } until ? _texts.DateTime(TimeZoneInfo.ConvertTime(until, _zone)) : "",
            ["zone"] = _zone.Id,
            ["duration"] = _texts.Duration(end - alert.Since),
            ["os"] = host?.Os ?? "",
            ["addresses"] = host is null ? "" : string.Join(", ", host.Addresses),
            ["url"] = alert.Host.Length > 0 ? $"{address}/hosts/{Uri.EscapeDataString(alert.Host)}" : address + "/",
            ["alerts_url"] = $"{address}/alerts",
            ["picture"] = picture,
            ["note"] = pictureNote ?? "",
            ["details"] = string.Join('\n', Details(alert, rule)),
        };
    }

    /// <summary>What a check says now, short enough for a mail's subject: it tells more than that its state is "critical".</summary>
    string Said(Alert alert, Rule rule) => rule.Unit != ChartUnit.State || words.FirstLine(alert) is not { Length: > 0 } text ? ""
        : text.Length <= LongestValue ? text : text[..LongestValue] + "…";

    /// <summary>What is known besides (of a check the lines behind the first), and what an imported rule notes.</summary>
    IEnumerable<string> Details(Alert alert, Rule rule)
    {
        if (words.Whole(alert) is { Length: > 0 } whole && whole != Said(alert, rule))
            yield return whole;
        foreach (string text in rule.Annotations.Values)
            yield return AnnotationText.Expand(text, rule.LabelsOf(alert), alert.Value);
    }

    async Task<(byte[]? Picture, string? Note)> PictureAsync(Alert alert, Rule rule, NotificationKind kind, CancellationToken ct)
    {
        if (rule.Chart is null || ChartCatalog.Find(rule.Chart) is not { } spec)
            return (null, null);
        long end = (kind == NotificationKind.Resolved ? alert.ResolvedMs : alert.FiredMs) ?? alert.SinceMs;
        try
        {
            long first = hosts.Find(alert.Host)?.FirstMs ?? 0; // a new host's picture shows what there is, not three empty hours
            long from = Math.Max(end - (long)Before.TotalMilliseconds, Math.Min(first, end - (long)Least.TotalMilliseconds));
            var data = await charts.ReadAsync(spec, alert.Host, from, end, ct);
            if (data.IsEmpty)
                return (null, null);
            return PngPainter.Paint(ChartScene.Of(data, _texts, _zone), dark: false) is { } png
                ? (png, null)
                : (null, _texts["No picture: this machine has no font. Install one, such as the package fonts-dejavu-core."]);
        }
        catch (Exception e)
            when (e is StoreUnavailableException or PromQL.PromQLException or DllNotFoundException or TypeInitializationException)
        {
            return (null, _texts.Format("No picture: {0}", e.Message)); // the words matter more
        }
    }
}
