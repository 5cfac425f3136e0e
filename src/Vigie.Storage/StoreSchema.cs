namespace Vigie.Storage;

public sealed partial class MetricStore
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 samples", """
            CREATE TABLE metric(name TEXT PRIMARY KEY, declared TEXT NOT NULL, unit TEXT NOT NULL, kind INTEGER NOT NULL, help TEXT NOT NULL) STRICT;
            CREATE TABLE series(id INTEGER PRIMARY KEY AUTOINCREMENT, labels TEXT NOT NULL UNIQUE) STRICT;
            -- value: REAL, or the 8 bytes of a NaN, which SQLite would store as NULL
            CREATE TABLE sample(series INTEGER NOT NULL, time_ms INTEGER NOT NULL, value NOT NULL, PRIMARY KEY(series, time_ms)) WITHOUT ROWID;
            """),
        new("2026-11-22 series deleted", """
            -- one row: how many series were ever deleted, so that a process learns cheaply that another one has deleted some
            CREATE TABLE series_deleted(id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
            INSERT INTO series_deleted VALUES(1, 0);
            CREATE TRIGGER count_series_deleted AFTER DELETE ON series BEGIN UPDATE series_deleted SET count = count + 1; END;
            """),
        new("2026-11-24 blocks", """
            -- samples are kept in blocks from here on; rows of the old tables are taken over when the file is opened
            DROP TRIGGER count_series_deleted;
            DROP TABLE series_deleted;
            ALTER TABLE series RENAME TO old_series;
            ALTER TABLE sample RENAME TO old_sample;
            -- the words of label sets, each once
            CREATE TABLE symbol(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
            -- labels: numbers of words, name and value by turns, as varints; grp: series that share their instants
            CREATE TABLE series(id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, labels BLOB NOT NULL) STRICT;
            -- a row a commit: samples that are not in a block yet
            CREATE TABLE journal(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
            -- level: 0 raw, 1 five minutes, 2 an hour
            CREATE TABLE block(id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, level INTEGER NOT NULL, first_ms INTEGER NOT NULL,
                last_ms INTEGER NOT NULL, instants INTEGER NOT NULL, samples INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
            CREATE TABLE block_data(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
            -- one row: version counts changes of blocks and series; the next unused numbers, none of which is used twice
            CREATE TABLE store(id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, next_series INTEGER NOT NULL,
                next_group INTEGER NOT NULL, next_block INTEGER NOT NULL, next_row INTEGER NOT NULL) STRICT;
            INSERT INTO store VALUES(1, 1, 1, 1, 1, 1);
            """),
    ];
}
