using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>systemd's units by state, and each one that has failed by its name.</summary>
sealed class SystemdProbe(ProbeContext context, ListUnits listUnits) : IProbe
{
    const string Booted = "/run/systemd/system", Bus = "/run/dbus/system_bus_socket",
        Private = "/run/systemd/private", NotBooted = $"{Booted} is missing: systemd does not run this host";

    // Hundreds of units are written and read for each answer, so not at every tick; the last answer stands in between.
    static readonly TimeSpan BetweenLists = TimeSpan.FromSeconds(60);

    const int MostNamed = 100;

    static readonly MetricInfo Units = new("vigie.systemd.units", "{unit}", MetricKind.Gauge, "Units that systemd has loaded, by state.");
    static readonly MetricInfo Restarting = new("vigie.systemd.units.restarting", "{unit}", MetricKind.Gauge,
        "Services that have ended and wait to be started again; one that is seen here often keeps crashing.");
    static readonly MetricInfo Failed =
        new("vigie.systemd.unit.failed", "1", MetricKind.Gauge, "1 for a unit that has failed; 0 for a while after it has recovered.");

    static readonly MetricInfo Restarts = new("vigie.systemd.unit.restarts", "{restart}", MetricKind.Counter,
        "How often systemd has started a service again by itself; only of services that needed it.");

    static readonly string[] States = ["active", "activating", "deactivating", "failed", "inactive", "reloading"];
    static readonly SampleAttribute[] StateOf = [.. States.Select(s => new SampleAttribute("state", s))];

    readonly string _booted = context.Root.Map(Booted);
    readonly List<(string Name, uint Restarts)> _restarts = [];
    readonly List<(string Name, bool IsWell)> _told = [];
    readonly int[] _counts = new int[States.Length];
    readonly SortedDictionary<string, DateTimeOffset?> _failed = new(StringComparer.Ordinal); // and since when it is well again
    DateTimeOffset? _listed;
    int _restarting;

    /// <summary>How long a recovered unit is told as 0: longer than a query looks back, so that no old 1 is seen behind it.</summary>
    static readonly TimeSpan ToldAsWell = TimeSpan.FromMinutes(6);

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("systemd",
        static context => new SystemdProbe(context, new SystemdUnits(context.Root.Map(Bus), context.Root.Map(Private)).ListAsync));

    public ProbeInfo Info { get; } = new("systemd", [Units, Restarting, Failed, Restarts]);

    public bool IsQuick => !Directory.Exists(_booted) || !IsDue(context.Time.GetUtcNow());

    bool IsDue(DateTimeOffset now) => _listed is not { } at || now - at >= BetweenLists || now < at;

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var now = context.Time.GetUtcNow();
        if (!Directory.Exists(_booted))
            sink.NoData(NotBooted);
        else if (IsDue(now))
            return RenewAsync(sink, now, ct);
        else
            Report(sink);
        return default;
    }

    async ValueTask RenewAsync(ISampleSink sink, DateTimeOffset now, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(context.Timeout / 2, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            Take(await listUnits(either.Token), now);
            _listed = now;
            Report(sink);
        }
        catch (IOException e)
        {
            _listed = null;
            sink.NoData(e.Message);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{Bus}: systemd has not answered within {(context.Timeout / 2).TotalSeconds:0.#} s", e);
        }
    }

    void Take(IReadOnlyList<SystemdUnit> units, DateTimeOffset now)
    {
        Array.Clear(_counts);
        _restarting = 0;
        _restarts.Clear();
        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var unit in units)
        {
            if (Array.IndexOf(States, unit.Active) is >= 0 and var state)
                _counts[state]++;
            _restarting += unit.Sub is "auto-restart" or "auto-restart-queued" ? 1 : 0;
            if (unit.Restarts > 0 && _restarts.Count < MostNamed)
                _restarts.Add((unit.Name, unit.Restarts));
            if (unit.Active is "failed" && failed.Count < MostNamed)
                failed.Add(unit.Name);
        }
        foreach (var (name, wellSince) in _failed.ToArray())
            if (!failed.Contains(name))
                _failed[name] = wellSince ?? now;
        foreach (var name in failed)
            _failed[name] = null;
        foreach (var (name, wellSince) in _failed.ToArray())
            if (now - wellSince >= ToldAsWell)
                _failed.Remove(name);
        _told.Clear();
        _told.AddRange(_failed.Select(f => (f.Key, f.Value is not null)));
    }

    void Report(ISampleSink sink)
    {
        for (int i = 0; i < States.Length; i++)
            sink.Add(Units, _counts[i], StateOf[i]);
        sink.Add(Restarting, _restarting);
        foreach (var (name, isWell) in _told)
            sink.Add(Failed, isWell ? 0 : 1, new SampleAttribute("unit", name));
        foreach (var (name, restarts) in _restarts)
            sink.Add(Restarts, restarts, new SampleAttribute("unit", name));
    }
}
