namespace Vigie.Hub.Alerts.Explaining;

/// <summary>What one stage did with an alert, and why, as a sentence. Names in it come from outside.</summary>
sealed record ExplanationLine(DateTimeOffset At, string Text);

/// <summary>
/// A stage between a value and a message that can say why a message was or wasn't sent: a rule, a silence, a channel. Found, not
/// listed.
/// </summary>
interface IExplanation
{
    /// <summary>
    /// Where the stage stands on an alert's way: rules at 10, what groups and holds back between 20 and 80, channels at 90. It orders
    /// what happened at one moment.
    /// </summary>
    int Place { get; }

    IEnumerable<ExplanationLine> Of(Alert alert);
}

/// <summary>An alert, and all that is to be said of its messages, in the order it happened.</summary>
sealed record AlertStory(Alert Alert, IReadOnlyList<ExplanationLine> Lines);

/// <summary>Asks every stage.</summary>
sealed class Explanations(IEnumerable<IExplanation> stages, AlertStore alerts)
{
    const int MostPast = 5000;

    /// <summary>The newest last.</summary>
    /// <param name="host">Only alerts of that host; null for all.</param>
    public IReadOnlyList<AlertStory> Since(DateTimeOffset since, string? host) =>
    [
        .. alerts.Open().Concat(alerts.Past(MostPast).Where(a => a.Resolved >= since))
            .Where(a => host is null || a.Host == host)
            .OrderBy(a => a.SinceMs).ThenBy(a => a.Id)
            .Select(Of),
    ];

    public AlertStory? Of(long id) => alerts.Find(id) is { } alert ? Of(alert) : null;

    AlertStory Of(Alert alert) => new(alert, [.. stages.OrderBy(s => s.Place).SelectMany(s => s.Of(alert)).OrderBy(l => l.At)]);
}
