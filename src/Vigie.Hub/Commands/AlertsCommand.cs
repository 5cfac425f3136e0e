using System.CommandLine;
using Vigie.Hub.Alerts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Commands;

sealed class AlertsCommand() : CliCommand("alerts", "List the alerts that are open, those that have ended, or the rules.")
{
    readonly Option<bool> _past = new("--past") { Description = "Those that have ended, newest first." };
    readonly Option<bool> _rules = new("--rules") { Description = "The rules in force." };

    sealed record Row(long Id, string State, string Severity, string Host, string Rule, string Title, string Subject,
        double Value, double? Threshold, DateTimeOffset Since, DateTimeOffset? Until);

    protected override void Configure(Command command)
    {
        command.Add(_past);
        command.Add(_rules);
        Act(command, (call, _) =>
        {
            if (call.Value(_rules))
                call.Table(call.Get<RuleSet>().All, "Every rule is switched off.", ("Rule", r => r.Name),
                    ("Severity", r => r.Severity), ("Meaning", r => r.Title),
                    ("Threshold", r => AlertText.Value(r.Threshold, r.Unit, Texts.English)),
                    ("For", r => r.For == TimeSpan.Zero ? "at once" : Texts.English.Duration(r.For)), ("PromQL", r => r.Expression));
            else
                Print(call, call.Value(_past) ? call.Get<AlertStore>().Past(200) : call.Get<AlertStore>().Open());
            return Task.CompletedTask;
        });
    }

    public static void Print(CliCall call, IReadOnlyList<Alert> alerts)
    {
        var rules = call.Get<RuleSet>();
        var t = Texts.English;
        call.Table([.. alerts.Select(a =>
            new Row(a.Id, a.State.ToString().ToLowerInvariant(), a.Severity, a.Host, a.Rule,
                rules.Find(a.Rule)?.Title ?? a.Rule, a.Subject, a.Value, a.Threshold, a.Since, a.Resolved))],
            "No alert.", ("Id", a => $"{a.Id}"), ("State", a => a.State), ("Severity", a => a.Severity), ("Host", a => a.Host),
            ("Alert", a => $"{a.Title} {a.Subject}".Trim()),
            ("Value", a => AlertText.Value(a.Value, rules.Find(a.Rule)?.Unit, t)),
            ("Threshold", a => AlertText.Value(a.Threshold, rules.Find(a.Rule)?.Unit, t)),
            ("Since", a => $"{a.Since:yyyy-MM-dd HH:mm:ss}Z"), ("Until", a => a.Until is { } until ? $"{until:yyyy-MM-dd HH:mm:ss}Z" : ""));
    }
}
