using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Tests.Storage;

public sealed class DatabaseFilesTests : IDisposable
{
    readonly StoreCase _case = new();

    string Backup => _case["monitoring_backup.db"];

    public void Dispose() => _case.Dispose();

    async Task Fill(int from = 0)
    {
        var batch = new SampleBatch();
        for (int s = 0; s < 30; s++)
            for (int t = 0; t < 200; t++)
                batch.Add(StoreCase.Series("m", ("host", $"host-{s}")), StoreCase.NowMs + from + t, s + (t / 7.0));
        await _case.Store.WriteAsync(batch, default);
    }

    async Task<string> Content() => string.Join('\n', (await _case.SelectAsync())
        .Select(s => $"{s.Labels} {string.Join(' ', s.TimesMs.ToArray().Zip(s.Values.ToArray()))}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_restored_backup_brings_the_same_samples_back()
    {
        await Fill();
        string content = await Content();
        var made = DatabaseFiles.Backup(_case.Path, Backup, 2, null);
        Assert.Equal((Backup, 30, 6_000, StoreCase.Now), (made.Path, made.Series, made.Samples, made.First));
        Assert.Equal(new FileInfo(Backup).Length, made.Bytes);
        await Fill(from: 1_000);
        string later = await Content();
        _case.Close();

        var (report, replaced) = DatabaseFiles.Restore(Backup, _case.Path, StoreCase.Now, null);

        Assert.Equal((_case.Path, 6_000), (report.Path, report.Samples));
        _case.Reopen();
        Assert.Equal(content, await Content());
        Assert.Equal(_case["monitoring_replaced_20261122_120000.db"], replaced);
        _case.Close();
        DatabaseFiles.Restore(replaced!, _case.Path, StoreCase.Now.AddSeconds(1), null); // and the replaced one is whole, too
        _case.Reopen();
        Assert.Equal(later, await Content());
    }

    [Fact]
    public async Task A_backup_is_one_file_without_a_log()
    {
        await Fill();
        DatabaseFiles.Backup(_case.Path, Backup, 2, null);
        Assert.Equal([Backup], Directory.GetFiles(Path.GetDirectoryName(Backup)!, "monitoring_backup*"));
        Assert.Equal([1, 1], File.ReadAllBytes(Backup)[18..20]); // the header's read and write version: 1 is a rollback journal, 2 a log
    }

    [Fact]
    public async Task A_backup_is_made_while_a_writer_writes()
    {
        await Fill();
        using var stop = new CancellationTokenSource();
        int written = 0;
        var writing = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await _case.Store.WriteAsync(StoreCase.Batch((StoreCase.Series("pair", ("n", "1")), StoreCase.NowMs + i, i),
                    (StoreCase.Series("pair", ("n", "2")), StoreCase.NowMs + i, i)), default);
                Volatile.Write(ref written, i + 1);
            }
        });
        for (int i = 0; i < 5; i++)
        {
            int before = Volatile.Read(ref written);
            var report = DatabaseFiles.Backup(_case.Path, Backup, 0, null);
            Assert.InRange(report.Samples, 6_000 + (2L * before), long.MaxValue);
            Assert.Equal(0, report.Samples % 2); // a batch is there as a whole or not at all
            while (Volatile.Read(ref written) == before && !writing.IsCompleted)
                await Task.Yield();
        }
        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Generations_rotate_and_the_oldest_goes()
    {
        for (int i = 1; i <= 5; i++)
        {
            await _case.WriteAsync("m", i, StoreCase.NowMs + i);
            DatabaseFiles.Backup(_case.Path, Backup, 2, null);
        }
        Assert.Equal(["monitoring_backup.1.db 4", "monitoring_backup.2.db 3", "monitoring_backup.db 5"],
            Directory.GetFiles(Path.GetDirectoryName(Backup)!, "monitoring_backup*").Order(StringComparer.Ordinal)
                .Select(f => $"{Path.GetFileName(f)} {DatabaseFiles.Verify(f).Samples}"));
    }

    [Fact]
    public void A_backup_onto_the_database_itself_is_refused()
    {
        Assert.Contains("the running database itself",
            Assert.Throws<DatabaseException>(() => DatabaseFiles.Backup(_case.Path, _case["./monitoring.db"], 2, null)).Message);
        Assert.True(File.Exists(_case.Path));
    }

    [Fact]
    public void A_backup_that_can_not_be_made_says_so_and_leaves_nothing()
    {
        Assert.Contains("no backup was made",
            Assert.Throws<DatabaseException>(() => DatabaseFiles.Backup(_case.Path, _case["no/such.db"], 2, null)).Message);
        Assert.Contains("vigie init",
            Assert.Throws<DatabaseException>(() => DatabaseFiles.Backup(_case["none.db"], Backup, 2, null)).Message);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Backup)!, "*.part*"));
    }

    [Fact]
    public void A_backup_that_is_cancelled_leaves_the_last_one()
    {
        DatabaseFiles.Backup(_case.Path, Backup, 2, null);
        Assert.Throws<OperationCanceledException>(() => DatabaseFiles.Backup(_case.Path, Backup, 2, null, new(canceled: true)));
        DatabaseFiles.Verify(Backup);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Backup)!, "monitoring_backup*"));
    }

    [Theory]
    [InlineData("flipped")]
    [InlineData("cut to a page")]
    [InlineData("cut inside a page")]
    [InlineData("only a header")]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("foreign")]
    [InlineData("missing")]
    [InlineData("bad labels")]
    [InlineData("no tables")]
    public async Task A_bad_backup_is_refused_with_a_sentence_and_the_database_is_untouched(string damage)
    {
        await Fill();
        DatabaseFiles.Backup(_case.Path, Backup, 2, null);
        byte[] bytes = File.ReadAllBytes(Backup);
        switch (damage)
        {
            case "flipped":
                for (int i = 0; i < 64; i++)
                    bytes[(bytes.Length / 8192 * 4096) + i] ^= 0xff; // the head of the page in the middle
                File.WriteAllBytes(Backup, bytes);
                break;
            case "cut to a page": File.WriteAllBytes(Backup, bytes[..(bytes.Length / 8192 * 4096)]); break;
            case "cut inside a page": File.WriteAllBytes(Backup, bytes[..(bytes.Length - 1_000)]); break;
            case "only a header": File.WriteAllBytes(Backup, bytes[..100]); break;
            case "empty": File.WriteAllBytes(Backup, []); break;
            case "text": File.WriteAllText(Backup, new string('x', 10_000)); break;
            case "bad labels": StoreCase.Execute(Backup, "UPDATE series SET labels = x'01' WHERE id = 3"); break;
            case "no tables":
                File.Delete(Backup);
                StoreCase.Execute(Backup, $"PRAGMA application_id={Database.ApplicationId}; CREATE TABLE t(x)");
                break;
            default:
                File.Delete(Backup);
                if (damage == "foreign")
                    StoreCase.Execute(Backup, "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
                break;
        }
        var files = Files();

        var e = Assert.Throws<DatabaseException>(() => DatabaseFiles.Restore(Backup, _case.Path, StoreCase.Now, null));

        Assert.Contains(Backup, e.Message);
        Assert.Equal(files, Files());
        await Fill(from: 1_000); // it is still in use
    }

    /// <summary>Every file of the folder with its bytes. SQLite's shared memory (-shm) holds no data and moves with each reader.</summary>
    Dictionary<string, string> Files() =>
        Directory.GetFiles(Path.GetDirectoryName(Backup)!)
            .Where(f => !f.EndsWith("-shm", StringComparison.Ordinal))
            .ToDictionary(f => f, f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))),
                StringComparer.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // with the log of the database that was moved away
    public async Task A_restore_killed_before_its_last_step_is_finished_by_the_next_open(bool log)
    {
        await Fill();
        string content = await Content();
        DatabaseFiles.Backup(_case.Path, Backup, 2, null);
        await Fill(from: 1_000);
        if (log)
            File.Copy(_case.Path + "-wal", _case["kept-wal"]);
        _case.Close();
        File.Move(Backup, _case.Path + ".restoring");
        File.Move(_case.Path, _case["monitoring_replaced.db"]);
        if (log)
            File.Move(_case["kept-wal"], _case.Path + "-wal");

        _case.Reopen();

        Assert.Equal(content, await Content());
        Assert.False(File.Exists(_case.Path + ".restoring"));
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task A_restore_that_never_began_leaves_the_database_in_use()
    {
        await Fill();
        DatabaseFiles.Backup(_case.Path, _case.Path + ".restoring", 0, null);
        await Fill(from: 1_000);
        string content = await Content();
        _case.Reopen();
        Assert.Equal(content, await Content());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("truncated")]
    [InlineData("gone, its logs left")]
    public async Task A_backup_is_restored_over_a_database_that_is_broken(string damage)
    {
        await Fill();
        string content = await Content();
        DatabaseFiles.Backup(_case.Path, Backup, 2, null);
        await Fill(from: 1_000);
        byte[] log = File.ReadAllBytes(_case.Path + "-wal");
        _case.Close();
        byte[] broken = damage == "text" ? "garbage"u8.ToArray() : File.ReadAllBytes(_case.Path)[..5_000];
        File.WriteAllBytes(_case.Path, broken);
        File.WriteAllBytes(_case.Path + "-wal", log);
        File.WriteAllBytes(_case.Path + "-journal", log);
        if (damage.StartsWith("gone", StringComparison.Ordinal))
            File.Delete(_case.Path);

        var (_, replaced) = DatabaseFiles.Restore(Backup, _case.Path, StoreCase.Now, null);

        Assert.False(File.Exists(_case.Path + "-wal") || File.Exists(_case.Path + "-journal"));
        _case.Reopen();
        Assert.Equal(content, await Content());
        DatabaseFiles.Verify(_case.Path);
        Assert.Equal(damage.StartsWith("gone", StringComparison.Ordinal), replaced is null);
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_not_taken_into_the_next_one()
    {
        await Fill();
        File.WriteAllBytes(Backup + ".part", new byte[8_192]);
        File.Copy(_case.Path + "-wal", Backup + ".part-wal");
        File.Copy(_case.Path + "-wal", Backup + ".part-journal");
        Assert.Equal(6_000, DatabaseFiles.Backup(_case.Path, Backup, 2, null).Samples);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Backup)!, "*.part*"));
    }

    [Fact]
    public async Task Verify_tells_samples_without_a_series()
    {
        await Fill();
        await _case.Store.SealAsync(default);
        Assert.Equal((30, 6_000), (DatabaseFiles.Verify(_case.Path).Series, DatabaseFiles.Verify(_case.Path).Samples));
        await _case.Database.WriteAsync((connection, _) => Database.Execute(connection, "DELETE FROM series WHERE id IN (3, 4)"));
        Assert.Contains("has samples of series 3, which has no labels",
            Assert.Throws<DatabaseException>(() => DatabaseFiles.Verify(_case.Path)).Message);
    }

    [Theory]
    [InlineData("""
        UPDATE block_data SET data = CAST(substr(data, 1, length(data) / 2) || x'5a' || substr(data, length(data) / 2 + 2) AS BLOB)
        """, "block 1 is damaged")]
    [InlineData("UPDATE block SET samples = samples + 1 WHERE id = 2", "block 2 holds 200 samples where its row says 201")]
    [InlineData("DELETE FROM block_data WHERE id = 2", "block 2 is damaged: it is not in the file")]
    [InlineData("UPDATE journal SET data = CAST(substr(data, 1, 20) || x'5a' || substr(data, 22) AS BLOB)", "of the journal is damaged")]
    public async Task Verify_tells_what_is_damaged_inside_of_a_sound_file(string damage, string told)
    {
        await Fill();
        await _case.Store.SealAsync(default);
        await Fill(from: 1_000);
        await _case.Database.WriteAsync((connection, _) => Database.Execute(connection, damage));
        string message = Assert.Throws<DatabaseException>(() => DatabaseFiles.Verify(_case.Path)).Message;
        Assert.Contains(told, message);
        Assert.StartsWith(_case.Path, message);
    }
}
