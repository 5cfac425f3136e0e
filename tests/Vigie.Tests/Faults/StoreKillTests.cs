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
                string last = await CycleAsync(folder.Path, ledger, random);
                steps[last] = steps.GetValueOrDefault(last) + 1;
                if (File.Exists(folder["monitoring.db"]) && cycle % 5 == 4)
                    DatabaseFiles.Verify(folder["monitoring.db"]);
            }
            await ledger.CheckAsync(folder["monitoring.db"]);
            acknowledged += ledger.Count;
        }
        TestContext.Current.SendDiagnosticMessage("{0} cycles, {1} batches acknowledged; killed after {2}", Cycles, acknowledged,
            string.Join(", ", steps.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}: {s.Value}")));
        Assert.True(acknowledged > Cycles, $"only {acknowledged} batches were acknowledged in {Cycles} cycles");
    }

    /// <summary>Lets a store work for a number of steps, and kills it somewhere in the next one. Returns the last step told.</summary>
    static async Task<string> CycleAsync(string folder, Ledger ledger, Random random)
    {
        // Each fourth store is killed while it opens the file; the others under load.
        int wanted = random.Next(4) == 0 ? 1 : random.Next(2, MostSteps);
        ledger.Skip();
        using var store = StoreProcess.Start(folder, ledger.Next);
        string last = "";
        for (int step = 1; await store.NextAsync() is { } line; step++)
        {
            last = Take(line, ledger);
            if (step == wanted)
                store.KillWithin(TimeSpan.FromMilliseconds(wanted == 1 ? random.Next(400) : random.Next(8)));
        }
        return last;
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
