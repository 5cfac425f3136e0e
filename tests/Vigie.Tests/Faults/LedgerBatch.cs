using Vigie.Core.Metrics;
using Vigie.Tests.Storage;

namespace Vigie.Tests.Faults;

/// <summary>
/// Batches that are known by their number alone: whoever finds a sample can tell from its instant to which it belongs, and
/// from its labels which value it must have.
/// </summary>
static class LedgerBatch
{
    public const int Samples = 20;

    const int Hosts = 4;

    /// <summary>Batches do not meet at one instant, and no rollup ends there.</summary>
    const int OffsetMs = 7, StepMs = 400, Scatter = 9_973;

    const long DayMs = 86_400_000;

    /// <summary>Where cleaning cuts: whole batches lie on either side.</summary>
    public static readonly DateTimeOffset Cut = StoreCase.Now - TimeSpan.FromDays(4);

    /// <summary>Age from which they are rolled up: the late ones are, the fresh ones are not.</summary>
    public static readonly TimeSpan RollupDelay = TimeSpan.FromHours(18);

    static readonly MetricInfo Gauge = new("ledger", "", MetricKind.Gauge, "The batch's number."),
        Counter = new("ledger.counted", "", MetricKind.Counter, "The batch's number, as a counter.");

    static readonly Series[,] Known = MakeKnown();

    static Series[,] MakeKnown()
    {
        var all = new Series[Hosts, Samples];
        for (int host = 0; host < Hosts; host++)
            for (int i = 0; i < Samples; i++)
                all[host, i] = Make(host, i, $"{i}");
        return all;
    }

    static Series Make(int host, int i, string n)
    {
        var metric = i % 5 == 4 ? Counter : Gauge;
        return new(Labels.Of(metric == Counter ? "ledger_counted_total" : "ledger", ("host", $"host-{host}"), ("n", n)), metric);
    }

    /// <summary>Most are fresh and in order; of each eight, two are late and scattered, and one is older than what cleaning leaves.</summary>
    enum Age
    {
        Fresh,
        Late,
        Expendable,
    }

    static Age AgeOf(int batch) => (batch % 8) switch { 3 or 7 => Age.Late, 5 => Age.Expendable, _ => Age.Fresh };

    public static bool IsExpendable(int batch) => AgeOf(batch) == Age.Expendable;

    public static long TimeMs(int batch)
    {
        long days = AgeOf(batch) switch { Age.Fresh => 0, Age.Late => 1, _ => 5 };
        // Scattered: late ones fall between others that are in blocks already. The order is another one and no two are equal.
        long place = days == 0 ? batch : (batch / Scatter * Scatter) + (batch % Scatter * 6_007L % Scatter);
        return StoreCase.NowMs - (DayMs / 2) - (days * DayMs) + (place * StepMs) + OffsetMs;
    }

    /// <summary>The sample's place in the batch that has its number in the label n; one series in ten batches is new.</summary>
    public static SampleBatch Of(int batch)
    {
        var samples = new SampleBatch();
        int host = batch % Hosts;
        for (int i = 0; i < Samples; i++)
            samples.Add(i == 0 && batch % 10 == 0 ? Make(host, 0, $"new-{batch}") : Known[host, i], TimeMs(batch), Value(batch, i));
        return samples;
    }

    public static double Value(int batch, int i) => i switch
    {
        1 => BitConverter.Int64BitsToDouble(0x7ff8_0000_0000_0000 | (uint)batch), // a NaN that carries the number
        2 => batch * Math.PI,
        _ => batch + (i / 100.0),
    };

    public static (string Host, string N) LabelsOf(int batch, int i) =>
        ($"host-{batch % Hosts}", i == 0 && batch % 10 == 0 ? $"new-{batch}" : $"{i}");

    /// <summary>Whether an instant is one of a batch, and not the end of a rollup's bucket.</summary>
    public static bool IsOne(long timeMs) => (timeMs - OffsetMs) % StepMs == 0;
}
