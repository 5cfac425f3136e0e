namespace Vigie.Hub.Alerts;

/// <summary>What a feature can say about an alert beyond its number. Found, not listed.</summary>
interface IAlertWords
{
    /// <summary>The first line is enough for a table; empty when there is nothing to say. From outside: encoded where it is shown.</summary>
    string Of(Alert alert);
}

/// <summary>All that is to be said about an alert.</summary>
sealed class AlertWords(IEnumerable<IAlertWords> features)
{
    public string Whole(Alert alert) => string.Join('\n', features.Select(f => f.Of(alert)).Where(text => text.Length > 0));

    public string FirstLine(Alert alert) => Whole(alert).Split('\n')[0];
}
