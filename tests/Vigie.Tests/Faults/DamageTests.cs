using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>
/// Each byte that the store has made is damaged by itself. What is read afterwards is right or refused by name, never wrong;
/// and what has nothing to do with the damage goes on.
/// </summary>
public sealed class DamageTests : IDisposable
{
    const long Minute = 60_000, Day = 1_440 * Minute;

    static readonly StoreLimits Limits = new() { BlockInstants = 8, HeadSamples = 100 };

    static readonly long Old = StoreCase.NowMs - (3 * Day), Young = StoreCase.NowMs - (10 * Minute);

    static readonly Series A = StoreCase.Series("a", ("host", "web1")), B = StoreCase.Series("b", ("host", "web1")),
        Other = StoreCase.Series("other", ("host", "web2"));

    readonly TempFolder _folder = new();
    readonly FailingDisk _disk = new(); // which never fails here, and does not wait for real syncs
    readonly FakeTimeProvider _time = new(StoreCase.Now);

    string Sound => _folder["sound.db"];

    string Damaged => _folder["monitoring.db"];

    public void Dispose()
    {
        _disk.Dispose();
        _folder.Dispose();
    }

    (Database, MetricStore) Open(string path)
    {
        var database = Database.Open(_disk.Of(path), _time);
        try
        {
            return (database, new(database, _time, Limits));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    static async Task WriteAsync(MetricStore store, long fromMs, int instants, params Series[] series)
    {
        var batch = new SampleBatch();
        for (int i = 0; i < instants; i++)
            foreach (var one in series)
                batch.Add(one, fromMs + (i * Minute), i == 3 ? double.NaN : Math.Round(Math.Sin(i + one.Labels.Name.Length) * 40, 1));
        await store.WriteAsync(batch, default);
    }

    /// <summary>Two hosts: raw blocks and rollups of three days ago, raw blocks of today, and a journal.</summary>
    async Task MakeAsync()
    {
        var (database, store) = Open(Sound);
        using (database)
        using (store)
        {
            foreach (var series in new[] { new[] { A, B }, [Other] })
            {
                await WriteAsync(store, Old, 12, series);
                await WriteAsync(store, Young, 4, series);
                await store.CleanAsync(StoreCase.Now - Limits.Raw, exact: false, null, default);
                await WriteAsync(store, Young + (5 * Minute), 3, series);
            }
        }
    }

    static async Task<string> SelectAsync(MetricStore store, string host) => string.Join('\n',
        (await store.SelectAsync(new([new("host", MatchKind.Regex, host)], 0, long.MaxValue), default))
        .Select(FullDiskTests.Line).Order(StringComparer.Ordinal));

    /// <summary>Each byte of a table's rows, in a fresh copy of the file with this byte damaged.</summary>
    async Task EachByteAsync(string table, Func<long, Task> check)
    {
        List<(long Id, byte[] Data)> rows = [];
        var (database, store) = Open(Sound);
        using (database)
        using (store)
            database.Read(connection =>
            {
                using var statement = Statement.Prepare(connection, $"SELECT id, data FROM {table}");
                while (statement.Next())
                    rows.Add((statement.Integer(0), statement.Blob(1).ToArray()));
                return 0;
            });
        Assert.NotEmpty(rows);
        byte[] sound = await File.ReadAllBytesAsync(Sound);
        foreach (var (id, data) in rows)
            for (int at = 0; at < data.Length; at++)
            {
                byte[] flipped = [.. data];
                flipped[at] ^= (byte)(1 << (at % 8));
                foreach (string file in Directory.GetFiles(_folder.Path, "monitoring.db*"))
                    File.Delete(file);
                await File.WriteAllBytesAsync(Damaged, sound);
                StoreCase.Execute(_disk.Of(Damaged), $"UPDATE {table} SET data = x'{Convert.ToHexString(flipped)}' WHERE id = {id}");
                await check(id);
            }
    }

    [Fact]
    public async Task A_damaged_byte_of_a_block_is_told_by_the_block_s_name_and_all_else_goes_on()
    {
        await MakeAsync();
        File.Copy(Sound, Damaged);
        var (database, store) = Open(Damaged);
        string other, all, later;
        using (database)
        using (store)
        {
            (other, all) = (await SelectAsync(store, "web2"), await SelectAsync(store, ".*"));
            await GoOnAsync(store);
            later = await SelectAsync(store, ".*");
        }
        int bytes = 0, told = 0, repaired = 0;
        await EachByteAsync("block_data", async id =>
        {
            bytes++;
            var (database, store) = Open(Damaged);
            using (database)
            using (store)
            {
                told += await RightOrToldAsync(store, id, ".*", all) ? 0 : 1;
                bool isOther = !await RightOrToldAsync(store, id, "web2", other);
                Assert.True(!isOther || await RightOrToldAsync(store, id, "web1", all.Replace(other, "").Trim()));
                await GoOnAsync(store);
                Assert.All(store.Damage, d => Assert.Equal(id, d.Id));
                bool isRight = await RightOrToldAsync(store, id, ".*", later);
                if (store.Damage.Count > 0)
                    Assert.Contains($"block {id} is damaged", Assert.Throws<DatabaseException>(Verify).Message, StringComparison.Ordinal);
                else
                    // The damaged column was made anew, so there was no need to read it.
                    repaired += isRight && Verify().Samples > 0 ? 1 : 0;
            }
        });
        Assert.InRange(told, bytes / 4, bytes); // the rest are rollups, which nobody asks for while the samples are there
        TestContext.Current.SendDiagnosticMessage("{0} bytes of blocks; {1} told by a query, {2} made anew", bytes, told, repaired);
    }

    /// <summary>Samples that fall between those of each block, and new ones, for both hosts, are sealed, merged and rolled up.</summary>
    static async Task GoOnAsync(MetricStore store)
    {
        long before = store.Count().Samples;
        await WriteAsync(store, Old + 1_000, 2, A, Other);
        await WriteAsync(store, StoreCase.NowMs, 1, A, Other);
        await store.SealAsync(default);
        Assert.Equal(before + 6, store.Count().Samples);
        await store.CleanAsync(StoreCase.Now - Limits.Raw, exact: true, null, default);
        Assert.Equal(before + 6, store.Count().Samples);
    }

    FileReport Verify() => DatabaseFiles.Verify(Damaged);

    /// <summary>Returns whether the answer was right; otherwise it was refused by the block's name.</summary>
    static async Task<bool> RightOrToldAsync(MetricStore store, long id, string host, string expected)
    {
        try
        {
            Assert.Equal(expected, await SelectAsync(store, host));
            return true;
        }
        catch (DatabaseException e)
        {
            Assert.Contains($"block {id} is damaged", e.Message, StringComparison.Ordinal);
            Assert.Contains("vigie restore", e.Message, StringComparison.Ordinal);
            Assert.Equal(id, Assert.Single(store.Damage).Id);
            return false;
        }
    }

    [Fact]
    public async Task A_damaged_byte_of_the_journal_is_told_with_the_row_and_the_remedy_before_anything_is_written()
    {
        await MakeAsync();
        int bytes = 0;
        await EachByteAsync("journal", id =>
        {
            bytes++;
            string told = Assert.Throws<DatabaseException>(() => Open(Damaged)).Message;
            Assert.Contains($"row {id} of the journal is damaged", told, StringComparison.Ordinal);
            Assert.Contains(Damaged, told, StringComparison.Ordinal);
            Assert.Contains("vigie restore", told, StringComparison.Ordinal);
            told = Assert.Throws<DatabaseException>(Verify).Message;
            Assert.Contains($"row {id} of the journal is damaged", told, StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        Assert.InRange(bytes, 30, 10_000);
    }

    [Fact]
    public async Task Samples_that_fall_into_a_damaged_block_are_kept_beside_it()
    {
        await MakeAsync();
        File.Copy(Sound, Damaged);
        StoreCase.Execute(Damaged,
            "UPDATE block_data SET data = zeroblob(length(data)) WHERE id = (SELECT min(id) FROM block WHERE level = 0)");
        for (int round = 0; round < 3; round++) // each time a process that has to find it out
        {
            var (database, store) = Open(Damaged);
            using (database)
            using (store)
            {
                int told = 0;
                store.DamageFound += _ => told++;
                await WriteAsync(store, Old + 1_000 + round, 5, A);
                await store.SealAsync(default);
                await WriteAsync(store, Old + 2_000 + round, 5, A);
                await store.CleanAsync(StoreCase.Now - Limits.Raw, exact: false, null, default);
                Assert.Equal(1, told);
            }
        }
        StoreCase.Execute(Damaged, """
            CREATE TEMP TABLE gone AS SELECT min(id) AS id FROM block WHERE level = 0;
            DELETE FROM block WHERE id = (SELECT id FROM gone);
            DELETE FROM block_data WHERE id = (SELECT id FROM gone);
            """);
        var (after, rest) = Open(Damaged);
        using (after)
        using (rest)
        {
            var answer = await rest.SelectAsync(new([new(Labels.MetricName, MatchKind.Equal, "a")], 0, Old + Day), default);
            long[] times = Assert.Single(answer).TimesMs.ToArray();
            for (int round = 0; round < 3; round++)
                for (int i = 0; i < 5; i++)
                {
                    Assert.Contains(Old + 1_000 + round + (i * Minute), times);
                    Assert.Contains(Old + 2_000 + round + (i * Minute), times);
                }
        }
        DatabaseFiles.Verify(Damaged);
    }
}
