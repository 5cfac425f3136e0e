using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Explaining;

/// <summary>Why an alert fired, does not fire yet, or ended.</summary>
sealed class RuleExplanation(RuleSet rules, AlertStore alerts, TimeProvider time) : IExplanation
{
    const int MostPast = 1000;

    static readonly Texts T = Texts.English;

    public int Place => 10;

    public IEnumerable<ExplanationLine> Of(Alert alert)
    {
        var rule = rules.Find(alert.Rule);
        string threshold = alert.Threshold is { } least ? $", which is at least {AlertText.Value(least, rule?.Unit, T)}" : "";
        yield return new(alert.Since, alert.FiredMs is null || alert.FiredMs > alert.SinceMs
            ? $"The rule {alert.Rule} began to hold{threshold}."
            : $"The rule {alert.Rule} began to hold{threshold}, and fired at once.");
        if (rule is null)
            yield return new(alert.Since, $"The rule {alert.Rule} is not in force any more.");
        if (alert.State == AlertState.Pending)
            yield return new(time.GetUtcNow(), $"It has held for {T.Duration(time.GetUtcNow() - alert.Since)} and tells nobody before it has held for "
                + $"{T.Duration(rule?.For ?? TimeSpan.Zero)}.");
        else if (alert.FiredMs > alert.SinceMs)
            yield return new(At(alert.FiredMs.Value), $"It had held for {T.Duration(At(alert.FiredMs.Value) - alert.Since)}, and fired.");
        if (alert.FiredMs is { } fired && rules.Louder(alert.Rule).Select(l => Louder(alert, l, fired)).FirstOrDefault(o => o is not null) is { } other)
            yield return new(At(fired), $"The rule {other.Rule} said the same more urgently at that moment (alert {other.Id}), "
                + "so it joined that one without a word.");
        if (alert.Resolved is { } resolved)
            yield return new(resolved, $"It ended after {T.Duration(resolved - alert.Since)}"
                + $" ({AlertText.Value(alert.Value, rule?.Unit, T)} at the end).");
    }

    Alert? Louder(Alert alert, string rule, long firedMs) => alerts.Open().Concat(alerts.Past(MostPast)).FirstOrDefault(a =>
        a.Rule == rule && a.Labels.Equals(alert.Labels) && a.FiredMs <= firedMs && (a.ResolvedMs is null || a.ResolvedMs > firedMs));

    static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
