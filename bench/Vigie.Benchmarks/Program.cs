using System.Globalization;
using BenchmarkDotNet.Running;
using Vigie.Benchmarks.Advisories;
using Vigie.Benchmarks.Agent;
using Vigie.Benchmarks.Alerts;
using Vigie.Benchmarks.Blocks;
using Vigie.Benchmarks.Store;

// `sizes` prints bytes and nanoseconds for each shape in a second; `replay DIR` and `queries DIR` measure a store on the copy of
// a data folder, `answers FILE FILE` compares two answers, and bench/compare.sh runs them; `rule HOSTS` asks an alert rule's
// question of a fleet; `tick N` prints what a round of the agent allocates, for bench/agent.sh;
// `alert-…` measure alerts for bench/alerts.sh; `advisories FILE` matches a fleet with an index of advisories, for bench/advisories.sh;
// anything else goes to BenchmarkDotNet, e.g. --filter '*'.
switch (args)
{
    case ["sizes"]:
        BlockSizes.Print(Console.Out);
        break;
    case ["replay", var data]:
        Replay.Run(data, Console.Out);
        break;
    case ["queries", var data, "--end", var end, "--hours", var hours, "--list", var list]:
        await Queries.RunAsync(data, list, long.Parse(end), double.Parse(hours, CultureInfo.InvariantCulture), Console.Out);
        break;
    case ["answers", var first, var second]:
        Answers.Compare(first, second, Console.Out);
        break;
    case ["rule", var hosts]:
        await RuleQuery.RunAsync(int.Parse(hosts), Console.Out);
        break;
    case ["tick", var ticks]:
        await TickAllocation.RunAsync(int.Parse(ticks), Console.Out);
        break;
    case ["alert-latency", var times, var fleet]:
        await AlertLatency.RunAsync(int.Parse(times), int.Parse(fleet), Console.Out);
        break;
    case ["alert-latency-peer", var times]:
        await PeerLatency.RunAsync(int.Parse(times), Console.Out);
        break;
    case ["alert-rules", var hosts]:
        await RuleRate.RunAsync(int.Parse(hosts), Console.Out);
        break;
    case ["advisories", var index]:
        MatchingBench.Run(index, Console.Out);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(BlockSizes).Assembly).Run(args);
        break;
}
