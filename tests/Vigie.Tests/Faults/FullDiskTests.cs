using Microsoft.Extensions.Time.Testing;
using SQLitePCL;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>
/// The same work again and again, with the disk failing at the first write, then at the second, and so on until all of it
/// passes: no place is left where a failure was never seen.
/// </summary>
public sealed class FullDiskTests
{
    /// <summary>Each group has transactions of its own, so that some are done when one fails.</summary>
    static readonly StoreLimits Limits = new()
    {
        BlockInstants = 8,
        HeadSamples = 100,
        RollupDelay = LedgerBatch.RollupDelay,
        SealBytes = 1,
        GroupsTogether = 2,
    };

    [Fact]
    public Task A_disk_that_is_full_from_any_write_on_loses_nothing_and_is_forgiven_when_there_is_room() =>
        EachWriteAsync(raw.SQLITE_FULL, staysFull: true);

    [Fact]
    public Task A_disk_that_fails_once_at_any_write_loses_nothing() => EachWriteAsync(raw.SQLITE_IOERR, staysFull: false);

    static async Task EachWriteAsync(int code, bool staysFull)
    {
        int n = 1;
        while (await RunAsync(n, code, staysFull))
            n++;
        Assert.InRange(n, 50, 5_000);
        TestContext.Current.SendDiagnosticMessage("failed at each of {0} writes", n - 1);
    }

    /// <summary>Returns whether there was an n-th write.</summary>
    static async Task<bool> RunAsync(int n, int code, bool staysFull)
    {
        using var folder = new TempFolder();
        using var disk = new FailingDisk();
        var work = new Work(folder, disk);
        disk.FailAt(n, code, staysFull);
        bool failed = false;
        for (int step = 0; step < work.Steps; step++)
        {
            if (await work.TryAsync(step))
                continue;
            Assert.True(disk.HasFailed, $"write {n}: step {step} failed on a disk that works");
            failed = true;
            await work.CheckAsync($"write {n}, step {step}");
            disk.Heal();
            Assert.True(await work.TryAsync(step), $"write {n}: step {step} still fails when the disk works again");
        }
        failed |= disk.HasFailed; // SQLite bears some failures itself: a checkpoint that is not finished is done later
        await work.EndAsync();
        return failed;
    }

    /// <summary>One store and what is done with it.</summary>
    sealed class Work(TempFolder folder, FailingDisk disk)
    {
        const int Batches = 16; // of which four are late, and two older than what cleaning leaves

        readonly FakeTimeProvider _time = new(StoreCase.Now);
        readonly Ledger _ledger = new();
        Database? _database;
        MetricStore? _store;
        int _sent;

        public int Steps { get; } = 1 + Batches + (Batches / 4);

        /// <summary>Opens; then by turns four batches, some of them late, and sealing or cleaning.</summary>
        public async Task<bool> TryAsync(int step)
        {
            try
            {
                if (step == 0)
                    Open(disk.Of(folder["monitoring.db"]));
                else if (step % 5 != 0)
                    await WriteAsync();
                else if (step % 10 == 5)
                    await _store!.SealAsync(default);
                else
                    await _store!.CleanAsync(LedgerBatch.Cut, exact: step % 20 == 0, null, default);
                return true;
            }
            catch (Exception e) when (e is StoreUnavailableException or DatabaseException)
            {
                return false;
            }
        }

        async Task WriteAsync()
        {
            await _store!.WriteAsync(LedgerBatch.Of(_sent), default);
            _ledger.Acknowledge(_sent++);
        }

        void Open(string path)
        {
            _database = Database.Open(path, _time);
            _database.Sync = disk.SyncLog;
            try
            {
                _store = new(_database, _time, Limits);
            }
            catch
            {
                _database.Dispose();
                throw;
            }
        }

        /// <summary>While nothing can be written: queries are answered, and what a power cut would leave is whole.</summary>
        public async Task CheckAsync(string place)
        {
            if (_store is null)
                return;
            try
            {
                _ledger.Check(await StoreCase.SelectAsync(_store));
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"{place}: a query fails: {e}");
            }
            using var after = new TempFolder();
            foreach (string file in (string[])["monitoring.db", "monitoring.db-wal"])
                if (File.Exists(folder[file]))
                    File.Copy(folder[file], after[file]);
            await _ledger.CheckAsync(after["monitoring.db"]);
        }

        /// <summary>What is in memory is what is in the file.</summary>
        public async Task EndAsync()
        {
            disk.Heal();
            string before = Text(await StoreCase.SelectAsync(_store!));
            _store!.Dispose();
            _database!.Dispose();
            Open(folder["monitoring.db"]);
            Assert.Equal(before, Text(await StoreCase.SelectAsync(_store)));
            _store.Dispose();
            _database.Dispose();
            await _ledger.CheckAsync(folder["monitoring.db"]);
        }

        static string Text(IReadOnlyList<SeriesSamples> answer) =>
            string.Join('\n', answer.Select(Line).Order(StringComparer.Ordinal));
    }

    /// <summary>A series with every bit of its values.</summary>
    internal static string Line(SeriesSamples series)
    {
        var bits = series.Values.ToArray().Select(BitConverter.DoubleToInt64Bits);
        return $"{series.Labels}: {string.Join(' ', series.TimesMs.ToArray())}; {string.Join(' ', bits)}";
    }
}
