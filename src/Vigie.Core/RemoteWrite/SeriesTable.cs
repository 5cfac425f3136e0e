using System.Collections.Concurrent;
using Vigie.Core.Metrics;

namespace Vigie.Core.RemoteWrite;

/// <summary>
/// The series that have come by remote write, and their hosts: bounded, and without those that were not met for an hour. Safe
/// for use by many threads.
/// </summary>
sealed class SeriesTable
{
    static readonly TimeSpan Silent = TimeSpan.FromHours(1), BetweenSweeps = TimeSpan.FromMinutes(1), SweepEvery = TimeSpan.FromMinutes(10);

    readonly SeriesChains _series = new();
    readonly ConcurrentDictionary<string, KnownHost> _hosts = new(StringComparer.Ordinal);
    readonly IngestLimits _limits;
    readonly KnownMetrics _metrics;
    readonly Lock _sweeping = new();
    long _sweptMs = long.MinValue;
    int _hostCount;

    public SeriesTable(IngestLimits limits) => (_limits, _metrics) = (limits, new(limits, Texts));

    public KnownMetrics Metrics => _metrics;

    public TextPool Texts { get; } = new();

    public int SeriesCount => _series.Count;

    public int HostCount => Volatile.Read(ref _hostCount);

    public KnownSeries? Find(SeriesKey key) => _series.Find(key);

    /// <summary>What stands for a series whose metric was declared since.</summary>
    public KnownSeries Redeclare(KnownSeries series) => _series.Redeclare(series);

    /// <summary>Null when a limit is reached; then <paramref name="refusal"/> says which.</summary>
    public KnownSeries? Add(SeriesKey key, Labels labels, string hostName, bool isFallback, long nowMs, out string? refusal)
    {
        refusal = null;
        if (SeriesCount >= _limits.Series && !MakeRoom(nowMs, () => SeriesCount < _limits.Series))
            refusal = $"the hub keeps at most {_limits.Series} series of all hosts";
        else if (HostOf(hostName, nowMs) is not { } host)
            refusal = $"the hub keeps at most {_limits.Hosts} hosts";
        else if (host.SeriesCount >= _limits.SeriesPerHost && !MakeRoom(nowMs, () => host.SeriesCount < _limits.SeriesPerHost))
            refusal = _limits.SeriesPerHostRefusal;
        else
        {
            var created = new KnownSeries(key, isFallback, labels, host, _metrics.Of(labels.Name)) { SeenMs = nowMs };
            var known = _series.GetOrAdd(created);
            if (ReferenceEquals(known, created))
                host.Count(1);
            return known;
        }
        return null;
    }

    /// <summary>To be called now and then, so that memory is given back where no limit is reached.</summary>
    public void SweepWhenDue(long nowMs)
    {
        if (Volatile.Read(ref _sweptMs) == long.MinValue)
            Interlocked.CompareExchange(ref _sweptMs, nowMs, long.MinValue);
        if (nowMs - Volatile.Read(ref _sweptMs) < SweepEvery.TotalMilliseconds)
            return;
        lock (_sweeping)
            if (nowMs - _sweptMs >= SweepEvery.TotalMilliseconds)
                Sweep(nowMs);
    }

    KnownHost? HostOf(string name, long nowMs)
    {
        if (_hosts.TryGetValue(name, out var known))
            return known;
        if (HostCount >= _limits.Hosts && !MakeRoom(nowMs, () => HostCount < _limits.Hosts))
            return null;
        var created = new KnownHost(name);
        known = _hosts.GetOrAdd(name, created);
        if (ReferenceEquals(known, created))
            Interlocked.Increment(ref _hostCount);
        return known;
    }

    /// <summary>Who finds another one sweeping waits, or it would refuse what there is room for in a moment.</summary>
    bool MakeRoom(long nowMs, Func<bool> hasRoom)
    {
        lock (_sweeping)
        {
            if (hasRoom())
                return true;
            if (nowMs - _sweptMs < BetweenSweeps.TotalMilliseconds)
                return false;
            Sweep(nowMs);
            return hasRoom();
        }
    }

    void Sweep(long nowMs)
    {
        Volatile.Write(ref _sweptMs, nowMs);
        foreach (var series in _series.RemoveAll(s => nowMs - s.SeenMs > Silent.TotalMilliseconds))
            series.Host.Count(-1);
        foreach (var (name, host) in _hosts)
            if (host.SeriesCount == 0 && _hosts.TryRemove(new(name, host)))
                Interlocked.Decrement(ref _hostCount);
        _metrics.DropIfFull();
        Texts.DropIfFull();
    }
}
