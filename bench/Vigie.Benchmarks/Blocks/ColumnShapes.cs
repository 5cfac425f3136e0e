using Vigie.Tests.Core.Blocks;

namespace Vigie.Benchmarks.Blocks;

/// <summary>What is measured besides the columns of a host.</summary>
static class ColumnShapes
{
    /// <summary>A random walk that nothing rounds: a ratio of two measured numbers.</summary>
    static double[] Noise(int seed, int count)
    {
        var random = new Random(seed);
        double value = 0.5;
        return [.. Enumerable.Range(0, count).Select(_ => value = Math.Clamp(value + (random.NextDouble() - 0.5) * 0.08, 0, 1))];
    }

    /// <summary>A counter of bytes on a quiet line with a burst now and then: steps differ by orders of magnitude.</summary>
    static double[] Bursts(int seed, int count)
    {
        var random = new Random(seed);
        double value = 1e9;
        return [.. Enumerable.Range(0, count).Select(_ => value += Math.Floor(Math.Exp(8 + 1.2 * Normal(random))
            * (random.NextDouble() < 0.03 ? 300 : 1)))];
    }

    /// <summary>What rollups hold of a ratio: the sum of twenty samples of four decimals, with the errors of the additions.</summary>
    static double[] Sums(int seed, int count) =>
        [.. HostColumns.Column("ratio", seed, count * 20).Chunk(20).Select(chunk => chunk.Sum())];

    public static double[] Column(string shape, int seed, int count) => shape switch
    {
        "bursts" => Bursts(seed, count),
        "sums" => Sums(seed, count),
        "noise" => Noise(seed, count),
        _ => HostColumns.Column(shape, seed, count),
    };

    /// <summary>The shapes of a host and what is measured besides.</summary>
    public static IEnumerable<string> All => [.. HostColumns.Mix.Select(m => m.Shape), "bursts", "sums", "noise"];

    static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}
