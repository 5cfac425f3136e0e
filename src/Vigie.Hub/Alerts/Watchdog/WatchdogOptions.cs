using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Watchdog;

sealed record WatchdogOptions
{
    [Description("How often every channel is sent a message that only proves that it works; 0s means never, 7d is a good pace."),
        Between("0s", "365d")]
    public TimeSpan SelfTestEvery { get; init; } = TimeSpan.Zero;

    [Description("Address that is asked for while alerts are evaluated, of a service that raises the alarm when nobody asks any more. "
        + "It is a secret. Better in a file of its own: HeartbeatUrlFile."), Secret]
    public string HeartbeatUrl { get; init; } = "";

    [Description("File that holds the address in its first line.")]
    public string HeartbeatUrlFile { get; init; } = "";

    [Description("How often that address is asked for."), Between("10s", "1d")]
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Printing a record prints its members; one is a secret.</summary>
    public override string ToString() => nameof(WatchdogOptions);

    public bool HasHeartbeat => HeartbeatUrl.Length > 0 || HeartbeatUrlFile.Length > 0;

    public IEnumerable<string> Errors()
    {
        if (HeartbeatUrl.Length > 0 && HeartbeatUrlFile.Length > 0)
            yield return "Watchdog:HeartbeatUrl and Watchdog:HeartbeatUrlFile are both set; keep one of them";
        if (HeartbeatUrlFile.Length > 0 && !File.Exists(HeartbeatUrlFile))
            yield return $"Watchdog:HeartbeatUrlFile is \"{HeartbeatUrlFile}\", which does not exist; create it or empty the setting";
        if (HeartbeatUrl.Length > 0 && !(Uri.TryCreate(HeartbeatUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            yield return "Watchdog:HeartbeatUrl is no address; write the https://… that the service has given you";
    }
}
