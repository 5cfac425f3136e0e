using System.Globalization;
using DotLiquid;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>One alert in the words of a message.</summary>
sealed class AlertWording(HubOptions options, RuleSet rules, AlertWords words)
{
    const int LongestValue = 120;

    /// <summary>Its rule; of one that is not in force any more, what is still known.</summary>
    public Rule RuleOf(Alert alert) =>
        rules.Find(alert.Rule) ?? new(alert.Rule, "", alert.Threshold, default, alert.Severity, alert.Rule, ChartUnit.Number);

    /// <inheritdoc cref="RuleSet.Louder"/>
    public IEnumerable<string> Louder(string rule) => rules.Louder(rule);

    /// <summary>For programs, and for the lines of a template.</summary>
    /// <param name="isOver">Whether it has ended, as far as this message tells.</param>
    public AlertFacts Of(Alert alert, bool isOver, Texts texts)
    {
        var rule = RuleOf(alert);
        string value = Said(alert, rule) is { Length: > 0 } said ? said : AlertText.Value(alert.Value, rule.Unit, texts);
        return new(isOver ? MessageStatus.Resolved : MessageStatus.Firing, alert.Rule, texts[rule.Title], alert.Severity, rule.LabelsOf(alert),
            alert.Value, value, alert.Threshold, rule.Unit == ChartUnit.State ? "" : AlertText.Value(alert.Threshold, rule.Unit, texts), alert.Since,
            isOver ? alert.Resolved : null, Url(alert), string.Join('\n', Details(alert, rule, texts)));
    }

    string Url(Alert alert) => options.PublicUrl() + (alert.Host.Length > 0 ? $"/hosts/{Uri.EscapeDataString(alert.Host)}" : "/alerts");

    /// <summary>What a check says now, short enough for a mail's subject: it tells more than that its state is "critical".</summary>
    string Said(Alert alert, Rule rule) => rule.Unit != ChartUnit.State || words.FirstLine(alert) is not { Length: > 0 } text ? ""
        : text.Length <= LongestValue ? text : text[..LongestValue] + "…";

    /// <summary>What is known besides (of a check the lines behind the first), and what an imported rule notes.</summary>
    IEnumerable<string> Details(Alert alert, Rule rule, Texts texts)
    {
        if (words.Whole(alert) is { Length: > 0 } whole && whole != Said(alert, rule))
            yield return whole;
        foreach (string text in rule.Annotations.Values)
            yield return rule.Group is null ? Liquid(text, rule, alert, texts) : AnnotationText.Expand(text, rule.LabelsOf(alert), alert.Value);
    }

    /// <summary>An annotation of the policy. One that fails is shown as it stands: the alert matters more.</summary>
    static string Liquid(string text, Rule rule, Alert alert, Texts texts)
    {
        try
        {
            return Template.Parse(text).Render(new RenderParameters(CultureInfo.InvariantCulture)
            {
                LocalVariables = Hash.FromDictionary(new Dictionary<string, object>
                {
                    ["host"] = alert.Host,
                    ["subject"] = alert.Subject,
                    ["value"] = AlertText.Value(alert.Value, rule.Unit, texts),
                    ["threshold"] = AlertText.Value(alert.Threshold, rule.Unit, texts),
                    ["severity"] = alert.Severity,
                    ["labels"] = Hash.FromDictionary(rule.LabelsOf(alert).Span.ToArray().ToDictionary(l => l.Name, l => (object)l.Value)),
                }),
                ErrorsOutputMode = ErrorsOutputMode.Rethrow,
                MaxIterations = 10_000,
            });
        }
        catch (Exception e) when (e is DotLiquid.Exceptions.LiquidException or FormatException or ArgumentException or InvalidCastException
            or TimeoutException)
        {
            return text;
        }
    }
}
