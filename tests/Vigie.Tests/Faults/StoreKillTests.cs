using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>
/// A store is killed again and again in whatever it is doing. VIGIE_KILL_CYCLES says how often; a long run finds what a short
/// one misses.
/// </summary>
public sealed class StoreKillTests
{
    /// <summary>So often one file is killed before another is made, which is killed while it is made, too.</summary>
    const int CyclesOfOneFile = 25;

    const int MostSteps = 160;

    static readonly int Cycles = int.TryParse(Environment.GetEnvironmentVariable("VIGIE_KILL_CYCLES"), out int cycles) ? cycles : 50;

    [Fact]
    public async Task Whatever_the_store_is_doing_when_it_is_killed_what_was_acknowledged_is_there_whole_and_once()
    {
        var random = new Random(20261122);
        var steps = new Dictionary<string, int>(StringComparer.Ordinal);
        int acknowledged = 0;
        for (int done = 0; done < Cycles; done += CyclesOfOneFile)
        {
            using var folder = new TempFolder();
            var ledger = new Ledger();
            for (int cycle = 0; cycle < Math.Min(CyclesOfOneFile, Cycles - done); cycle++)
            {
                string doing = await CycleAsync(folder.Path, ledger, random);
                steps[doing] = steps.GetValueOrDefault(doing) + 1;
                if (ledger.Count > 0 && cycle % 5 == 4)
                    DatabaseFiles.Verify(folder["monitoring.db"]);
            }
            await ledger.CheckAsync(folder["monitoring.db"]);
            acknowledged += ledger.Count;
        }
        TestContext.Current.SendDiagnosticMessage("{0} cycles, {1} batches acknowledged; killed in {2}", Cycles, acknowledged,
            string.Join(", ", steps.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}: {s.Value}")));
        Assert.True(acknowledged > Cycles, $"only {acknowledged} batches were acknowledged in {Cycles} cycles");
    }

    /// <summary>Lets a store work for a number of steps, and kills it somewhere in the next one. Returns what it was doing.</summary>
    static async Task<string> CycleAsync(string folder, Ledger ledger, Random random)
    {
        // A quarter is killed while it opens the file, a quarter just after a sealing or cleaning has begun, half at any step.
        var (from, wanted) = random.Next(4) switch
        {
            0 => ("start", 1),
            1 => (random.Next(3) == 0 ? "clean" : "seal", random.Next(1, 5)),
            _ => ("", random.Next(2, MostSteps)),
        };
        ledger.Skip();
        using var store = StoreProcess.Start(folder, ledger.Next);
        string doing = "start";
        for (int steps = 0; await store.NextAsync() is { } line;)
        {
            string step = Take(line, ledger);
            if (step != "stored")
                doing = step;
            if ((from.Length == 0 || step == from) && ++steps == wanted)
                store.KillWithin(TimeSpan.FromMilliseconds(from == "start" ? random.Next(400) : random.Next(8)));
        }
        return doing;
    }

    static string Take(string line, Ledger ledger)
    {
        Assert.False(line.StartsWith("wrong", StringComparison.Ordinal), line);
        if (line.Split(' ') is not ["stored", var batch])
            return line;
        ledger.Acknowledge(int.Parse(batch));
        return "stored";
    }
}
