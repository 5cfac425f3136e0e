namespace Vigie.Tests.Core.Blocks;

/// <summary>
/// Values that the series of one busy host take, tick by tick, as a seeded random walk. The 52 series and the steps are those of
/// the simulated fleet that the hub is measured with, so sizes here foretell sizes there.
/// </summary>
static class HostColumns
{
    public const int TickMs = 15_000;

    /// <summary>How often each shape occurs among the series of a host.</summary>
    public static readonly (string Shape, int Count)[] Mix =
    [
        ("ratio", 8), ("load", 3), ("bytes", 5), ("constant", 7), ("slow fill", 6),
        ("counter", 10), ("byte counter", 8), ("small integer", 4), ("uptime", 1),
    ];

    /// <summary>Unix milliseconds on the 15-second grid.</summary>
    public static long[] Times(int count) => [.. Enumerable.Range(0, count).Select(i => 1_790_000_010_000 + (long)i * TickMs)];

    /// <summary>All columns of a host.</summary>
    public static IEnumerable<double[]> Host(int seed, int count) =>
        Mix.SelectMany((m, kind) => Enumerable.Range(0, m.Count).Select(i => Column(m.Shape, seed * 1000 + kind * 50 + i, count)));

    public static double[] Column(string shape, int seed, int count)
    {
        var random = new Random(seed);
        double Around(double width) => (random.NextDouble() - 0.5) * width;
        const double page = 4096;
        double rate = shape switch { "counter" => 400, "byte counter" => 2e6, _ => 20_000 } * random.NextDouble();
        double value = shape switch
        {
            "ratio" => random.NextDouble() / 2,
            "load" => random.NextDouble() * 2,
            "bytes" => random.Next(4_000_000) * page,
            "constant" => random.Next(2_000_000) * page,
            "slow fill" => random.Next(20_000_000) * page,
            "byte counter" => Math.Floor(random.NextDouble() * 1e11),
            "small integer" => random.Next(4),
            _ => random.Next(10_000_000),
        };
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            // Days are busier than nights.
            double busy = 0.6 + 0.4 * Math.Sin(i * (TickMs / 1000.0) / 86_400 * Math.Tau);
            value = shape switch
            {
                "ratio" => Math.Clamp(value + Around(0.08) * busy, 0, 1),
                "load" => Math.Max(0, value + Around(0.2) * busy),
                "bytes" => Math.Max(0, value + Math.Floor(Around(2000)) * page),
                "constant" => value,
                "slow fill" => random.NextDouble() < 0.3 ? value + Math.Floor(rate * 15 * random.NextDouble() / page) * page : value,
                "counter" => value + Math.Floor(rate * 15 * busy * (0.5 + random.NextDouble())),
                "byte counter" => value + Math.Floor(rate * 15 * busy * (0.2 + 1.6 * random.NextDouble())),
                "small integer" => random.NextDouble() < 0.02 ? Math.Max(0, value + (random.Next(2) * 2 - 1)) : value,
                _ => value + 15,
            };
            values[i] = shape switch { "ratio" => Math.Round(value, 4), "load" => Math.Round(value, 2), _ => value };
        }
        return values;
    }

    /// <summary>Numbers in no order that stay the same everywhere: <see cref="Random"/> promises that for no later version.</summary>
    public static int Mixed(int i) => (int)((uint)(i + 1) * 2_654_435_761 >> 16);
}
