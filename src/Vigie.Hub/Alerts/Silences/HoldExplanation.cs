using Vigie.Hub.Alerts.Explaining;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Silences;

/// <summary>What held an alert's message back: a silence, or that its server itself was silent.</summary>
sealed class HoldExplanation(SilenceStore silences, PolicySet policies, AlertStore alerts) : IExplanation
{
    const int MostPast = 1000;

    static readonly Texts T = Texts.English;

    public int Place => 20;

    public IEnumerable<ExplanationLine> Of(Alert alert)
    {
        if (alert.FiredMs is not { } ms)
            yield break;
        bool isHeld = false;
        var fired = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        foreach (var silence in silences.At(fired).Where(s => s.Covers(alert, policies.TagsOf(alert.Host), fired)))
        {
            isHeld = true;
            yield return new(fired, $"The silence {silence.Id} of {silence.By} held it back{(silence.Note.Length > 0 ? $" ({silence.Note})" : "")}; "
                + $"it stood for {T.Duration(silence.Over - silence.From)}.");
        }
        if (RootCause.Of(alert) && alerts.Open().Concat(alerts.Past(MostPast)).FirstOrDefault(a => RootCause.Is(a.Rule) && a.Host == alert.Host
            && a.FiredMs <= ms && (a.ResolvedMs is null || a.ResolvedMs > ms)) is { } cause)
        {
            isHeld = true;
            yield return new(fired, $"Its server had stopped reporting at that moment (alert {cause.Id}), so nothing else was told of it.");
        }
        if (!isHeld)
            yield break;
        if (alert.ToldMs is { } told)
            yield return new(DateTimeOffset.FromUnixTimeMilliseconds(told), "Nothing held it back any more, and it was told.");
        else if (alert.Resolved is { } resolved)
            yield return new(resolved, "It ended before anything was told of it.");
    }
}
