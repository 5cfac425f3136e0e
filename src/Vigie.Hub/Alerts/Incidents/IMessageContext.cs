namespace Vigie.Hub.Alerts.Incidents;

/// <summary>What a feature knows of a host that may explain an alert: who was logged in, what was installed. Found, not listed.</summary>
interface IMessageContext
{
    /// <summary>Where it stands among the others; small numbers first.</summary>
    int Place { get; }

    /// <summary>Facts about the host at that time: a name (English, translated where it is shown) and what is known.</summary>
    Task<IReadOnlyList<(string Name, string Value)>> OfAsync(string host, DateTimeOffset at, MessageStyle style, CancellationToken ct);
}
