using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record OpsgenieOptions : ChannelOptions
{
    [Description("Key of an API integration. Better in a file of its own: KeyFile."), Secret, Required]
    public string Key { get; init; } = "";

    [Description("File that holds the key in its first line.")]
    public string KeyFile { get; init; } = "";

    [Description("Address of the API; in the EU https://api.eu.opsgenie.com.")]
    public string Url { get; init; } = "https://api.opsgenie.com";

    public override IEnumerable<string> Errors() =>
        IsHttp(Url) ? [] : [$"Url is \"{Url}\"; write an address such as https://api.opsgenie.com"];
}

/// <summary>Opsgenie: an alert is opened by its alias and closed by it. A message holds 130 characters, a description 15,000.</summary>
[ChannelKind("opsgenie", "Opsgenie, by the key of an API integration: an alert is opened, and closed by its recovery.")]
sealed class OpsgenieChannel(OpsgenieOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostAlias = 512, MostMessage = 130, MostText = 15_000, MostDetail = 500;

    public override string Target => new Uri(options.Url).Authority;

    public override bool OpensIncidents => true;

    protected override HttpCall Call(Message message)
    {
        string key = SecretText.Of(options.Key, options.KeyFile);
        string alias = ChatText.Line(message.Key, MostAlias);
        string text = ChatText.Fit(message.Text, MostText);
        var call = message.Facts.Status == MessageStatus.Resolved
            ? HttpCall.Json(Below(options.Url, $"/v2/alerts/{Uri.EscapeDataString(alias)}/close?identifierType=alias"),
                new { source = "Vigie", note = text }, key)
            : HttpCall.Json(Below(options.Url, "/v2/alerts"), new
            {
                message = ChatText.Line(message.Subject, MostMessage),
                alias,
                description = text,
                priority = message.Facts.IsCritical ? "P1" : "P3",
                source = "Vigie",
                entity = ChatText.Line(message.Facts.First?.Host ?? "", MostAlias),
                tags = new[] { message.Facts.Severity },
                details = Details(message.Facts),
            }, key);
        return (call with { IsTaken = Has("requestId") }).With("Authorization", "GenieKey " + key);
    }

    static Dictionary<string, string> Details(Facts facts)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal) { ["url"] = facts.Url };
        if (facts.First is not { } first)
            return details;
        foreach (var (name, value) in MessageJson.LabelsOf(first, MostDetail).Take(12))
            details[ChatText.Line(name, 100)] = value;
        (details["rule"], details["value"], details["threshold"]) = (first.Rule, first.ValueText, first.ThresholdText);
        return details;
    }
}
