using System.Diagnostics;
using System.Globalization;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>How long a store takes to start on the journal that a killed hub has left.</summary>
static class Replay
{
    /// <summary>Prints samples in the journal, seconds to open the store, and samples of its head.</summary>
    public static void Run(string data, TextWriter to)
    {
        using var folder = StoreFolder.CopyOf(data);
        using var database = folder.Open();
        long samples = database.Read(connection =>
        {
            long count = 0;
            foreach (var (_, row) in JournalTable.After(connection, 0))
                JournalCodec.Read(row, (_, _, _) => count++);
            return count;
        });
        long start = Stopwatch.GetTimestamp();
        using var store = new MetricStore(database, TimeProvider.System, new());
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{samples}\t{seconds:f3}\t{store.Count().Samples}"));
    }
}
