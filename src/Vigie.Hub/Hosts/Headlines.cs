using Vigie.Core.Metrics;
using Vigie.Hub.Sources;
using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Hosts;

/// <summary>
/// The few numbers that tell how a host is. Ratios 0 to 1, the network in bytes a second, the uptime in seconds; null where the host
/// sends none.
/// </summary>
sealed record Headline(double? Cpu = null, double? Memory = null, double? Disk = null, double? Load = null, double? Network = null,
    double? Users = null, double? Swap = null, double? Inodes = null, double? Uptime = null);

/// <summary>Asks for the headlines of hosts.</summary>
sealed class Headlines(QueryEngine engine)
{
    sealed record Question(string Expression, Func<Headline, double, Headline> Set)
    {
        public Expr Query { get; } = Expr.Parse(Expression);
    }

    /// <summary>What the fleet's table shows.</summary>
    static readonly Question[] Fleet =
    [
        new(HeadlineCatalog.Cpu, (h, v) => h with { Cpu = Math.Clamp(v, 0, 1) }),
        new(HeadlineCatalog.Memory, (h, v) => h with { Memory = v }),
        new(HeadlineCatalog.Disk, (h, v) => h with { Disk = v }),
        new(HeadlineCatalog.Load, (h, v) => h with { Load = v }),
        new(HeadlineCatalog.Network, (h, v) => h with { Network = v }),
        new(HeadlineCatalog.Users, (h, v) => h with { Users = v }),
    ];

    /// <summary>What only a host's own page shows besides.</summary>
    static readonly Question[] Details =
    [
        new(HeadlineCatalog.Swap, (h, v) => h with { Swap = v }),
        new(HeadlineCatalog.FewestInodes, (h, v) => h with { Inodes = v }),
        new(HeadlineCatalog.Uptime, (h, v) => h with { Uptime = v }),
    ];

    public async Task<IReadOnlyDictionary<string, Headline>> ReadAsync(DateTimeOffset now, CancellationToken ct)
    {
        var all = new Dictionary<string, Headline>(StringComparer.Ordinal);
        foreach (var question in Fleet)
            await AskAsync(question.Query, question, now, all, ct);
        return all;
    }

    /// <summary>All figures of one host.</summary>
    public async Task<Headline> OfAsync(string host, DateTimeOffset now, CancellationToken ct)
    {
        var all = new Dictionary<string, Headline>(StringComparer.Ordinal);
        foreach (var question in Fleet.Concat(Details))
            await AskAsync(HeadlineCatalog.Of(question.Query, host), question, now, all, ct);
        return all.GetValueOrDefault(host, new());
    }

    async Task AskAsync(Expr query, Question question, DateTimeOffset now, Dictionary<string, Headline> all, CancellationToken ct)
    {
        foreach (var series in (await engine.InstantAsync(query, now.ToUnixTimeMilliseconds(), ct)).Series())
            if (series.Values.Span is [var value] && double.IsFinite(value))
                all[series.Labels["host"]] = question.Set(all.GetValueOrDefault(series.Labels["host"], new()), value);
    }
}
