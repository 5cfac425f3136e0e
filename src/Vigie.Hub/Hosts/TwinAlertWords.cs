using Vigie.Hub.Alerts;

namespace Vigie.Hub.Hosts;

/// <summary>About an alert of twins: which servers they are.</summary>
sealed class TwinAlertWords(HostDirectory hosts) : IAlertWords
{
    public string Of(Alert alert) => alert.Rule is not "host-twins" || hosts.TwinsOf(alert.Host) is not { Count: > 0 } twins ? ""
        : string.Join("; ", twins.Select(Text));

    /// <summary>Addresses, and the beginning of the machine's id.</summary>
    public static string Text(Twin twin) => $"{(twin.Addresses.Length > 0 ? twin.Addresses : "–")} (machine-id {Short(twin.MachineId)})";

    static string Short(string id) => id.Length > 12 ? id[..12] + "…" : id.Length > 0 ? id : "–";
}
