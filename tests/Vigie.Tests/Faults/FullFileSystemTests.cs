using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>A real file system of a few hundred kilobytes, filled to the last page. Mounting one takes root.</summary>
public sealed class FullFileSystemTests
{
    static readonly StoreLimits Limits = new() { BlockInstants = 64, HeadSamples = 2_000, RollupDelay = LedgerBatch.RollupDelay };

    [Theory]
    [InlineData(300)]
    [InlineData(400)]
    [InlineData(550)]
    public async Task What_was_stored_before_the_file_system_was_full_is_there_and_more_is_stored_when_it_has_grown(int kilobytes)
    {
        using var folder = new TempFolder();
        if (Mounts.Mount("-t", "tmpfs", "-o", $"size={kilobytes}k", "vigie-test", folder.Path) is { } error)
            Assert.Skip($"no small file system can be mounted ({error}); run the tests as root");
        try
        {
            await FillAsync(folder["monitoring.db"], () => Assert.Null(Mounts.Mount("-o", "remount,size=16m", folder.Path)));
        }
        finally
        {
            Mounts.Run("umount", "-l", folder.Path);
        }
    }

    static async Task FillAsync(string path, Action grow)
    {
        var (ledger, time, sent) = (new Ledger(), new FakeTimeProvider(StoreCase.Now), 0);
        using (var database = Database.Open(path, time))
        using (var store = new MetricStore(database, time, Limits))
        {
            // Two failures in a row: a sealing has given some of the room back after the first one, or has not.
            for (int failures = 0; failures < 2;)
            {
                try
                {
                    await store.WriteAsync(LedgerBatch.Of(sent), default);
                    ledger.Acknowledge(sent++);
                    failures = 0;
                    if (sent % 40 == 0)
                        await store.CleanAsync(LedgerBatch.Cut, exact: false, null, default);
                }
                catch (StoreUnavailableException)
                {
                    failures++;
                    ledger.Check(await StoreCase.SelectAsync(store));
                }
                Assert.InRange(sent, 0, 9_000);
            }
            grow();
            for (int more = 0; more < 100; more++)
            {
                await store.WriteAsync(LedgerBatch.Of(sent), default);
                ledger.Acknowledge(sent++);
            }
            await store.CleanAsync(LedgerBatch.Cut, exact: true, null, default);
            ledger.Check(await StoreCase.SelectAsync(store));
        }
        await ledger.CheckAsync(path);
    }
}
