using Vigie.Core.Metrics;
using Vigie.Tests.Core.Blocks;

namespace Vigie.Benchmarks.Store;

/// <summary>Series of hosts with 52 columns each, labelled as agents do it, and values that agents measure.</summary>
static class BenchFleet
{
    public const int SeriesPerHost = 52, Metrics = 13;

    static readonly string[] States = ["used", "free", "cached", "idle"];

    public static string Host(int host) => $"host-{host:D5}";

    /// <summary>Four series of each of 13 metrics.</summary>
    public static Series[] Series(int host) =>
    [
        .. from metric in Enumerable.Range(0, Metrics)
           from state in States
           select new Series(Labels.Of($"system_metric_{metric}", ("host", Host(host)), ("job", "fleet"), ("state", state)),
               new($"system_metric_{metric}", "", MetricKind.Gauge, "")),
    ];

    /// <summary>Values of a host by series and instant.</summary>
    public static double[][] Values(int host, int instants) => [.. HostColumns.Host(host + 1, instants)];
}
