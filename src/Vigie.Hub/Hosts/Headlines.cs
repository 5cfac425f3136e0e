using Vigie.Core.Metrics;
using Vigie.PromQL;

namespace Vigie.Hub.Hosts;

/// <summary>The few numbers that tell how a host is. Ratios 0 to 1; null where the host sends none.</summary>
sealed record Headline(double? Cpu = null, double? Memory = null, double? Disk = null, double? Load = null,
    double? Users = null);

/// <summary>The headline of every host, asked in PromQL in one place.</summary>
sealed class Headlines(QueryEngine engine)
{
    static readonly (string Query, Func<Headline, double, Headline> Set)[] Questions =
    [
        ("1 - sum by (host) (system_cpu_utilization_ratio{state=~\"idle|iowait\"})", (h, v) => h with { Cpu = Math.Clamp(v, 0, 1) }),
        ("max by (host) (system_memory_utilization_ratio{state=\"used\"})", (h, v) => h with { Memory = v }),
        ("max by (host) (system_filesystem_utilization_ratio{state=\"used\"})", (h, v) => h with { Disk = v }),
        ("max by (host) (vigie_load_1m)", (h, v) => h with { Load = v }),
        ("max by (host) (vigie_users_logged_in)", (h, v) => h with { Users = v }),
    ];

    public async Task<IReadOnlyDictionary<string, Headline>> ReadAsync(DateTimeOffset now, CancellationToken ct)
    {
        var all = new Dictionary<string, Headline>(StringComparer.Ordinal);
        foreach (var (query, set) in Questions)
            foreach (var series in (await engine.InstantAsync(query, now.ToUnixTimeMilliseconds(), ct)).Series())
                if (series.Values.Span is [var value] && double.IsFinite(value))
                    all[series.Labels["host"]] = set(all.GetValueOrDefault(series.Labels["host"], new()), value);
        return all;
    }

    /// <summary>In seconds. Only a host's own page shows it, so the fleet is not asked.</summary>
    public async Task<double?> UptimeAsync(string host, DateTimeOffset now, CancellationToken ct) =>
        (await engine.InstantAsync($"max(system_uptime_seconds{{host={Labels.Quote(host)}}})", now.ToUnixTimeMilliseconds(), ct)).Series()
            is [{ Values.Span: [var seconds] }] && double.IsFinite(seconds) ? seconds : null;
}
