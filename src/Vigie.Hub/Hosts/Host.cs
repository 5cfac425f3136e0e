using System.Globalization;

namespace Vigie.Hub.Hosts;

/// <summary>A server that has sent samples.</summary>
/// <param name="Attributes">OpenTelemetry resource attributes, each as last sent; those of a service on the host are left out.</param>
sealed record Host(string Name, long FirstMs, long LastMs, IReadOnlyDictionary<string, string> Attributes)
{
    static readonly TimeSpan UnknownInterval = TimeSpan.FromMinutes(1); // what collectors send by default

    public string Os => Attribute("os.description") is { Length: > 0 } description
        ? description
        : $"{Attribute("os.name")} {Attribute("os.version")}".Trim();

    public IReadOnlyList<string> Addresses => Attribute("host.ip").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public string Architecture => Attribute("host.arch");

    /// <summary>How often it reports.</summary>
    public TimeSpan Interval =>
        double.TryParse(Attribute("vigie.agent.interval"), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
        && seconds is >= 1 and <= 3600 ? TimeSpan.FromSeconds(seconds) : UnknownInterval;

    /// <summary>Three reports missed and two minutes of grace.</summary>
    public TimeSpan LateAfter => (Interval * 3) + TimeSpan.FromMinutes(2);

    public DateTimeOffset First => DateTimeOffset.FromUnixTimeMilliseconds(FirstMs);

    public DateTimeOffset Last => DateTimeOffset.FromUnixTimeMilliseconds(LastMs);

    public bool IsLate(DateTimeOffset now) => now - Last > LateAfter;

    string Attribute(string name) => Attributes.GetValueOrDefault(name, "");
}
