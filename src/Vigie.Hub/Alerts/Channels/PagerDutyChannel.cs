using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record PagerDutyOptions : ChannelOptions
{
    [Description("Integration key of a service (Events API v2). Better in a file of its own: RoutingKeyFile."), Secret, Required]
    public string RoutingKey { get; init; } = "";

    [Description("File that holds the integration key in its first line.")]
    public string RoutingKeyFile { get; init; } = "";

    [Description("Address of the events' API; in the EU https://events.eu.pagerduty.com.")]
    public string Url { get; init; } = "https://events.pagerduty.com";

    public override IEnumerable<string> Errors() =>
        IsHttp(Url) ? [] : [$"Url is \"{Url}\"; write an address such as https://events.pagerduty.com"];
}

/// <summary>PagerDuty, by Events API v2: an alert opens an incident by its key, its recovery resolves it.</summary>
[ChannelKind("pagerduty", "PagerDuty, by Events API v2: an alert opens an incident, its recovery resolves it.")]
sealed class PagerDutyChannel(PagerDutyOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostKey = 255, MostSummary = 1024, MostText = 20_000, MostAlerts = 20, MostValue = 500;

    public override string Target => new Uri(options.Url).Authority;

    public override bool OpensIncidents => true;

    protected override HttpCall Call(Message message)
    {
        string key = SecretText.Of(options.RoutingKey, options.RoutingKeyFile);
        var first = message.Facts.First;
        bool isOver = message.Facts.Status == MessageStatus.Resolved;
        return HttpCall.Json(Below(options.Url, "/v2/enqueue"), new
        {
            routing_key = key,
            event_action = isOver ? "resolve" : "trigger",
            dedup_key = ChatText.Line(message.Key, MostKey),
            payload = isOver ? null : new
            {
                summary = ChatText.Line(message.Subject, MostSummary),
                source = first?.Host is { Length: > 0 } host ? ChatText.Line(host, MostKey) : "Vigie",
                severity = message.Facts.Status == MessageStatus.Notice ? "info" : message.Facts.Severity,
                timestamp = first is null ? null : MessageJson.Time(first.Since),
                @class = first?.Rule,
                custom_details = new { text = ChatText.Fit(message.Text, MostText), alerts = message.Facts.Alerts.Take(MostAlerts).Select(Details) },
            },
            client = "Vigie",
            client_url = message.Facts.Url,
        }, key) with
        { IsTaken = Has("status") };
    }

    static object Details(AlertFacts alert) => new
    {
        host = ChatText.Line(alert.Host, MostKey),
        rule = alert.Rule,
        value = alert.ValueText,
        threshold = alert.ThresholdText,
        labels = MessageJson.LabelsOf(alert, MostValue),
        details = ChatText.Fit(alert.Details, MostValue),
    };
}
