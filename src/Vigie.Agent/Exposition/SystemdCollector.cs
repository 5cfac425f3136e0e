using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>States of systemd's units. Systemd is asked once a minute at most, however often the metrics are.</summary>
sealed class SystemdCollector(HostRoot root, TimeProvider time, ListUnits list) : INodeCollector
{
    static readonly TimeSpan Between = TimeSpan.FromMinutes(1), Patience = TimeSpan.FromSeconds(3);
    static readonly string[] States = ["activating", "active", "deactivating", "failed", "inactive"];

    IReadOnlyList<SystemdUnit>? _units;
    long _askedAt;

    public string Name => "systemd";

    public async ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        if (!Directory.Exists(root.Map("/run/systemd/system")))
            return;
        if (_units is null || time.GetElapsedTime(_askedAt) >= Between)
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            _units = await list(either.Token);
            _askedAt = time.GetTimestamp();
        }
        text.Gauge("node_systemd_unit_state", "1 for the state that a unit has.");
        foreach (var unit in _units)
            foreach (string state in States)
                // A service's type would be another question for each, and nobody's dashboard asks for it.
                text.Sample(unit.Active == state ? 1 : 0, ("name", unit.Name), ("state", state), ("type", ""));
    }
}
