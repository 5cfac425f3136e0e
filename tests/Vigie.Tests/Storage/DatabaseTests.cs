using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;
using Vigie.Hub.Hosts;
using Vigie.Storage;

namespace Vigie.Tests.Storage;

public sealed class DatabaseTests : IDisposable
{
    readonly StoreCase _case = new();

    public void Dispose() => _case.Dispose();

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "1")]
    [InlineData("foreign_keys", "1")]
    [InlineData("busy_timeout", "5000")]
    [InlineData("auto_vacuum", "2")]
    [InlineData("application_id", "1447642953")]
    public async Task The_writer_s_pragmas_hold(string pragma, string expected)
    {
        string got = "";
        await _case.Database.MaintainAsync(connection => got = Database.Scalar<string>(connection, $"PRAGMA {pragma}"));
        Assert.Equal(expected, got);
    }

    [Fact]
    public void Readers_can_not_write() =>
        Assert.Throws<SqliteException>(() =>
            _case.Database.Read(connection => { Database.Execute(connection, "DELETE FROM series"); return 0; }));

    [Fact]
    public void The_sqlite_that_is_delivered_is_one_that_loses_no_commit() =>
        Assert.True(Version.Parse(_case.Scalar<string>("SELECT sqlite_version()")) >= new Version(3, 51, 3));

    [Fact]
    public async Task A_transaction_that_throws_leaves_nothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _case.Database.WriteAsync((connection, _) =>
        {
            Database.Execute(connection, "INSERT INTO series VALUES(1, 1, x'')");
            throw new InvalidOperationException();
        }));
        Assert.Equal(0, _case.Scalar<long>("SELECT count(*) FROM series"));
        await _case.WriteAsync("m", 1);
    }

    /// <summary>The system tells of a failed sync once; what comes behind it in the log would be lost with it.</summary>
    [Fact]
    public async Task After_a_failed_sync_the_log_is_emptied_into_the_database_before_anything_is_written()
    {
        await _case.WriteAsync("m", 1);
        await _case.Database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA busy_timeout=0"));
        var sync = _case.Database.Sync;
        _case.Database.Sync = () => throw new IOException("the disk is gone");
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => _case.WriteAsync("m", 2));
        Assert.Contains("the disk is gone", e.Message);
        _case.Database.Sync = sync;

        using (var reader = new SqliteConnection(Database.ConnectionString(_case.Path, SqliteOpenMode.ReadOnly)))
        {
            reader.Open();
            using var query = reader.BeginTransaction(deferred: true);
            Database.Scalar<long>(reader, "SELECT count(*) FROM journal");
            e = await Assert.ThrowsAsync<StoreUnavailableException>(() => _case.WriteAsync("m", 3));
            Assert.Contains("is being read", e.Message);
        }
        long log = new FileInfo(_case.Path + "-wal").Length;
        await _case.WriteAsync("m", 3);
        Assert.InRange(new FileInfo(_case.Path + "-wal").Length, 1, log - 1);
        Assert.Equal(3, _case.Scalar<long>("SELECT count(*) FROM journal"));
    }

    [Fact]
    public async Task A_log_that_is_brought_to_the_disk_is_the_one_that_is_written()
    {
        await _case.WriteAsync("m", 1);
        int synced = 0;
        var sync = _case.Database.Sync;
        _case.Database.Sync = () => { sync(); synced++; };
        await _case.WriteAsync("m", 2);
        await _case.Database.WriteAsync((connection, _) => Database.Execute(connection, "DELETE FROM series WHERE id < 0"));
        Assert.Equal(2, synced);
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused_by_the_step_it_knows()
    {
        _case.Close();
        StoreCase.Execute(_case.Path, "INSERT INTO migration VALUES('2031-01-01 later', 1)");
        var e = Assert.Throws<DatabaseException>(() => _case.Open());
        Assert.Contains("newer Vigie (step \"2031-01-01 later\")", e.Message);
        Assert.Contains(_case.Path, e.Message);
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_not_touched()
    {
        string path = _case["foreign.db"];
        StoreCase.Execute(path, "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
        byte[] before = File.ReadAllBytes(path);
        Assert.Contains("another program", Assert.Throws<DatabaseException>(() => Database.Open(path, _case.Time)).Message);
        Assert.Equal(before, File.ReadAllBytes(path));
        StoreCase.Execute(path, "DROP TABLE t; PRAGMA application_id=7");
        Assert.Contains("another program", Assert.Throws<DatabaseException>(() => Database.Open(path, _case.Time)).Message);
    }

    [Fact]
    public void A_text_file_is_refused_and_not_touched()
    {
        string path = _case["notes.txt"], text = string.Concat(Enumerable.Repeat("not a database\n", 200));
        File.WriteAllText(path, text);
        Assert.Contains("vigie restore", Assert.Throws<DatabaseException>(() => Database.Open(path, _case.Time)).Message);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_told() =>
        Assert.Contains("can't be used",
            Assert.Throws<DatabaseException>(() => Database.Open(_case["no/such/monitoring.db"], _case.Time)).Message);

    [Fact]
    public void Steps_of_the_schema_have_names_of_their_own_and_run_once()
    {
        var steps = Schema.Collect([typeof(HostStore).Assembly]);
        Assert.All(steps.Keys, id => Assert.Matches(@"^\d{4}-\d\d-\d\d \S", id));
        Assert.Contains(steps.Values, s => s.Sql.Contains("CREATE TABLE host(", StringComparison.Ordinal));
        _case.Reopen();
        Assert.Equal(Schema.Collect([]).Count, _case.Scalar<int>("SELECT count(*) FROM migration"));
        Assert.Equal(StoreCase.NowMs, _case.Scalar<long>("SELECT max(applied_ms) FROM migration"));
    }

    [Fact]
    public void A_store_that_comes_later_adds_its_tables_to_an_old_file()
    {
        _case.Close();
        using var database = Database.Open(_case.Path, _case.Time, typeof(HostStore).Assembly);
        Assert.Empty(new HostStore(database).All());
    }

    [Fact]
    public async Task Two_processes_may_make_the_file_at_once()
    {
        string path = _case["new.db"];
        var opened = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => Database.Open(path, _case.Time, typeof(HostStore).Assembly))));
        foreach (var database in opened)
            database.Dispose();
        DatabaseFiles.Verify(path);
    }
}
