using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Sources;

/// <summary>The figures that tell how a host is, each as one PromQL expression over the fleet. Ratios are 0 to 1.</summary>
static class HeadlineCatalog
{
    public static readonly string Cpu = Either(s => s.Cpu), CpuLasting = Either(s => s.CpuLasting), Memory = Either(s => s.Memory),
        Swap = Either(s => s.Swap), Disks = Either(s => s.Disks), Inodes = Either(s => s.Inodes), Load = Either(s => s.Load),
        Network = Either(s => s.Network), Users = Either(s => s.Users), Uptime = Either(s => s.Uptime),
        MemoryLimit = Either(s => s.MemoryLimit);

    /// <summary>The fullest file system of each host.</summary>
    public static readonly string Disk = $"max by (host) ({Disks})";

    public static readonly string FewestInodes = $"max by (host) ({Inodes})";

    /// <summary>Of a host that several senders speak for, the first one that knows the figure is believed.</summary>
    static string Either(Func<MetricSource, string?> figure) =>
        string.Join(" or on (host) ", MetricSource.All.Select(figure).OfType<string>().Select(e => $"({e})"));

    /// <summary>The expression over one host's series alone.</summary>
    public static Expr Of(string expression, string host) => Of(Expr.Parse(expression), host);

    /// <inheritdoc cref="Of(string, string)"/>
    public static Expr Of(Expr expression, string host)
    {
        var matcher = new LabelMatcher("host", MatchKind.Equal, host);
        return expression.Rewrite(s => s with { Matchers = [.. s.Matchers, matcher] });
    }
}
