using System.Collections.Concurrent;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Hosts;

/// <summary>One of several servers that report under one name.</summary>
/// <param name="MachineId">What /etc/machine-id says there; copies of one machine have the same.</param>
/// <param name="Addresses">Parted by blanks.</param>
sealed record Twin(string MachineId, string Addresses);

/// <summary>
/// Notices when agents of different servers take turns under one name: their samples would make one series that jumps to and fro. A server
/// that was set up anew, or has got another address, is another one from then on and does not come back; so only one who was seen before
/// another and comes again makes both of them twins. Only our own agents are looked at, since other senders mean other things by host.id.
/// </summary>
sealed class TwinWatch
{
    const string Agent = "vigie-agent";
    const int Most = 8;

    sealed class Known(string key, Twin twin)
    {
        public readonly Twin Twin = twin;
        public readonly string Key = key;
        public long SeenMs, CameBackMs;
    }

    sealed class HostKnown
    {
        public readonly List<Known> All = [];
        public string Current = "";
    }

    readonly ConcurrentDictionary<string, HostKnown> _hosts = new(StringComparer.Ordinal);

    /// <summary>Notes who has reported now.</summary>
    public void Note(SeenHost seen, long nowMs)
    {
        if (Attribute(seen, "service.name") is not Agent)
            return;
        string id = Attribute(seen, "host.id"), addresses = Attribute(seen, "host.ip"), key = $"{id} {addresses}";
        if (key is " ")
            return;
        var host = _hosts.GetOrAdd(seen.Name, static _ => new());
        lock (host)
        {
            var known = host.All.Find(k => k.Key == key);
            if (known is null)
            {
                if (host.All.Count == Most)
                    host.All.Remove(host.All.MinBy(k => k.SeenMs)!);
                host.All.Add(known = new(key, new(id, addresses)));
            }
            else if (host.Current != key)
            {
                known.CameBackMs = nowMs;
            }
            (known.SeenMs, host.Current) = (nowMs, key);
        }
    }

    /// <summary>Those that take turns under a name: two at least, or none.</summary>
    /// <param name="name">The host.</param>
    /// <param name="sinceMs">Who has not reported since then has gone.</param>
    public IReadOnlyList<Twin> Of(string name, long sinceMs)
    {
        if (!_hosts.TryGetValue(name, out var host))
            return [];
        lock (host)
        {
            if (host.All.Count < 2 || !host.All.Exists(k => k.CameBackMs >= sinceMs && k.CameBackMs > 0))
                return [];
            var alive = host.All.Where(k => k.SeenMs >= sinceMs).OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => k.Twin).ToArray();
            return alive.Length > 1 ? alive : [];
        }
    }

    public void Forget(string name) => _hosts.TryRemove(name, out _);

    static string Attribute(SeenHost seen, string name) => seen.Attributes.GetValueOrDefault(name, "");
}
