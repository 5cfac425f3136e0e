using Vigie.Agent.Inventory;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Inventory;
using Vigie.Hub.Snapshots;

namespace Vigie.Hub.Advisories.Data;

/// <param name="TimeMs">When its inventory came.</param>
sealed record FleetHost(string Host, long TimeMs, HostSystem System, IReadOnlyList<PackageProfile> Packages);

/// <summary>
/// What every host has installed, in the shape in which it is judged. Only inventories that have changed are read again; equal packages of several
/// hosts are one object.
/// </summary>
sealed class FleetInventories(SnapshotStore snapshots, ReportedInventory reported)
{
    const int MostShared = 500_000;

    readonly Lock _lock = new();
    readonly Dictionary<PackageProfile, PackageProfile> _shared = [];
    Dictionary<string, FleetHost> _hosts = new(StringComparer.Ordinal);

    /// <summary>The fleet as it is now, by the hosts' names. What can't be read is left out.</summary>
    public IReadOnlyDictionary<string, FleetHost> Read()
    {
        lock (_lock)
        {
            if (_shared.Count > MostShared)
                _shared.Clear();
            var hosts = new Dictionary<string, FleetHost>(StringComparer.Ordinal);
            foreach (var (host, timeMs) in snapshots.Times(InventoryDocument.Kind))
                if (_hosts.TryGetValue(host, out var known) && known.TimeMs == timeMs)
                    hosts[host] = known;
                else if (reported.Of(host) is var (document, time) && document.Packages.Count > 0)
                    hosts[host] = new(host, time.ToUnixTimeMilliseconds(), Distributions.Of(document.Os),
                        [.. PackageProfile.Of(document).Select(Share)]);
            return _hosts = hosts;
        }
    }

    PackageProfile Share(PackageProfile package)
    {
        if (_shared.TryGetValue(package, out var known))
            return known;
        _shared[package] = package;
        return package;
    }
}
