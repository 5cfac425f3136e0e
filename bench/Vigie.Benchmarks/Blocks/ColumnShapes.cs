using Vigie.Core.Blocks;
using Vigie.Tests.Core.Blocks;

namespace Vigie.Benchmarks.Blocks;

/// <summary>What is measured besides the columns of a host.</summary>
static class ColumnShapes
{
    /// <summary>A random walk that nothing rounds: what means of rollups look like.</summary>
    public static double[] Noise(int seed, int count)
    {
        var random = new Random(seed);
        double value = 0.5;
        return [.. Enumerable.Range(0, count).Select(_ => value = Math.Clamp(value + (random.NextDouble() - 0.5) * 0.08, 0, 1))];
    }

    /// <summary>A block of the columns, all at the same times.</summary>
    public static byte[] Block(double[][] columns)
    {
        var writer = new BlockWriter();
        int times = writer.AddTimes(HostColumns.Times(columns[0].Length));
        for (int i = 0; i < columns.Length; i++)
            writer.AddColumn(1000 + i, 0, times, columns[i]);
        return writer.Finish().ToArray();
    }
}
