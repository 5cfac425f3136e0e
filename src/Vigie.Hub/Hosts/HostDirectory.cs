using System.Collections.Concurrent;
using System.Net;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Hosts;

/// <summary>
/// The hosts in memory. A new host or a change of its attributes is stored at once, its last time every few seconds; and
/// for each host the metric <c>vigie_host_silence_seconds</c> tells how long nothing has come.
/// </summary>
sealed class HostDirectory
{
    static readonly MetricInfo Silence =
        new("vigie.host.silence", "s", MetricKind.Gauge, "Time since the host's last sample, without the time the hub itself was off.");

    static readonly MetricInfo Patience = new("vigie.host.patience", "s", MetricKind.Gauge,
        "Silence from which the host counts as late: three of its reports and two minutes.");

    static readonly MetricInfo Identities =
        new("vigie.host.identities", "{server}", MetricKind.Gauge, "Servers that take turns under this host's name; none where it is one.");

    readonly HostStore _store;
    readonly TwinWatch _twins = new();
    readonly TimeProvider _time;
    readonly ConcurrentDictionary<string, Host> _hosts;
    readonly ConcurrentDictionary<string, Host> _unsaved = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<(MetricInfo, string), Series> _series = new();
    readonly long _startMs, _aliveMs;

    public HostDirectory(HostStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _hosts = new(store.All().Select(h => KeyValuePair.Create(h.Name, h)), StringComparer.Ordinal);
        _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _aliveMs = store.AliveMs() ?? _startMs;
    }

    /// <summary>Names of the hosts that have just reported. Raised after their samples are durable.</summary>
    public event Action<IReadOnlyCollection<string>>? Reported;

    public IReadOnlyList<Host> All => [.. _hosts.Values.OrderBy(h => h.Name, StringComparer.OrdinalIgnoreCase)];

    public Host? Find(string name) => _hosts.GetValueOrDefault(name);

    public async ValueTask SeenAsync(IReadOnlyList<SeenHost> seen, CancellationToken ct)
    {
        if (seen.Count == 0)
            return;
        List<Host>? changed = null;
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var one in seen)
        {
            _twins.Note(one, nowMs);
            var host = Note(one, out bool save);
            if (save)
                (changed ??= []).Add(host);
            else
                _unsaved[host.Name] = host;
        }
        if (changed is not null)
            await _store.SaveAsync(changed, ct);
        if (Reported is { } listeners)
            listeners(seen.Count == 1 ? [seen[0].Name] : [.. seen.Select(s => s.Name).Distinct(StringComparer.Ordinal)]);
    }

    Host Note(SeenHost seen, out bool save)
    {
        while (true)
        {
            if (!_hosts.TryGetValue(seen.Name, out var old))
            {
                save = true;
                var first = new Host(seen.Name, seen.LastMs, seen.LastMs, Merged(SeenHost.NoAttributes, seen));
                if (_hosts.TryAdd(seen.Name, first))
                    return first;
                continue;
            }
            save = Changes(old.Attributes, seen);
            if (!save && seen.LastMs <= old.LastMs)
                return old;
            var host = old with
            {
                LastMs = Math.Max(old.LastMs, seen.LastMs),
                Attributes = save ? Merged(old.Attributes, seen) : old.Attributes,
            };
            if (_hosts.TryUpdate(seen.Name, host, old))
                return host;
        }
    }

    /// <summary>Stores the last times, and returns each host's silence as samples of now.</summary>
    public async Task<SampleBatch> SweepAsync(CancellationToken ct)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var unsaved = _unsaved.ToList();
        if (unsaved.Count > 0)
            await _store.SaveAsync([.. unsaved.Select(h => h.Value)], ct);
        foreach (var saved in unsaved)
            _unsaved.TryRemove(saved); // unless it has reported again meanwhile
        await _store.SetAliveAsync(nowMs, ct);
        var batch = new SampleBatch();
        foreach (var host in _hosts.Values)
        {
            batch.Add(SeriesOf(Silence, host), nowMs, SilenceOf(host, nowMs).TotalSeconds);
            batch.Add(SeriesOf(Patience, host), nowMs, host.LateAfter.TotalSeconds);
            if (TwinsOf(host, nowMs) is { Count: > 0 } twins)
                batch.Add(SeriesOf(Identities, host), nowMs, twins.Count);
        }
        return batch;
    }

    /// <summary>The servers that take turns under a host's name; empty where it is one.</summary>
    public IReadOnlyList<Twin> TwinsOf(string name) =>
        Find(name) is { } host ? TwinsOf(host, _time.GetUtcNow().ToUnixTimeMilliseconds()) : [];

    IReadOnlyList<Twin> TwinsOf(Host host, long nowMs) => _twins.Of(host.Name, nowMs - (long)host.LateAfter.TotalMilliseconds);

    Series SeriesOf(MetricInfo metric, Host host) =>
        _series.GetOrAdd((metric, host.Name), static key => new(Labels.Of(StoredNames.Metric(key.Item1), ("host", key.Item2)), key.Item1));

    /// <summary>A host that was alive when the hub went off is not blamed for the hub's absence.</summary>
    TimeSpan SilenceOf(Host host, long nowMs) =>
        TimeSpan.FromMilliseconds(Math.Max(0, nowMs - host.LastMs - Math.Max(0, _startMs - Math.Max(_aliveMs, host.LastMs))));

    public async Task DeleteAsync(string name, CancellationToken ct)
    {
        _hosts.TryRemove(name, out _);
        _unsaved.TryRemove(name, out _);
        _twins.Forget(name);
        foreach (var key in _series.Keys.Where(k => k.Item2 == name))
            _series.TryRemove(key, out _);
        await _store.DeleteAsync(name, ct);
    }

    /// <summary>
    /// Several senders may speak for one host, each knowing a part: what one tells stays when another says nothing of it. What
    /// a service tells of itself is not the host's.
    /// </summary>
    static bool IsOfHost(string attribute) => !attribute.StartsWith("service.", StringComparison.Ordinal)
        && !attribute.StartsWith("telemetry.", StringComparison.Ordinal) && !attribute.StartsWith("process.", StringComparison.Ordinal);

    static bool Changes(IReadOnlyDictionary<string, string> known, SeenHost seen)
    {
        foreach (var (name, value) in seen.Attributes)
            if (IsOfHost(name) && !(known.TryGetValue(name, out var old) && old == value))
                return true;
        return false;
    }

    static Dictionary<string, string> Merged(IReadOnlyDictionary<string, string> known, SeenHost seen)
    {
        var attributes = new Dictionary<string, string>(known, StringComparer.Ordinal);
        foreach (var (name, value) in seen.Attributes)
            if (IsOfHost(name))
                attributes[name] = value;
        if (!attributes.ContainsKey("host.ip") && IPAddress.TryParse(seen.Name, out _))
            attributes["host.ip"] = seen.Name;
        return attributes;
    }
}
