using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Heartbeats;

/// <summary>What a job has told of itself, such as one of cron's.</summary>
/// <param name="Host">Where it runs; empty when its token does not say.</param>
/// <param name="FirstMs">When it was heard of first, Unix milliseconds.</param>
/// <param name="StartMs">When it last told that it starts.</param>
/// <param name="EndMs">When it last told how it ended.</param>
/// <param name="SuccessMs">When it last ended well.</param>
/// <param name="Seconds">How long its last run took.</param>
/// <param name="EverySeconds">How often it is to end well; null when nobody has said.</param>
sealed record Heartbeat(string Host, string Job, long FirstMs, long? StartMs, long? EndMs, long? SuccessMs, long? ExitCode, double? Seconds,
    string Text, double? EverySeconds)
{
    /// <summary>From when on it is late: a tenth of its period more, and five minutes at least.</summary>
    public double? PatienceSeconds => EverySeconds is { } every ? every + Math.Clamp(every / 10, 300, 3600 * 4) : null;

    public bool HasFailed => EndMs is not null && (ExitCode ?? 0) != 0;

    /// <summary>Whether it has told of a start and of no end since.</summary>
    public bool IsRunning => StartMs is { } start && start > (EndMs ?? 0);

    public double AgeSeconds(long nowMs) => Math.Max(0, nowMs - (SuccessMs ?? FirstMs)) / 1000d;

    public bool IsLate(long nowMs) => PatienceSeconds is { } patience && AgeSeconds(nowMs) > patience;
}

/// <summary>The jobs, as rows of monitoring.db. Those of a host go when it goes.</summary>
sealed class HeartbeatStore(Database database) : IStoreSchema
{
    /// <summary>Whoever has a token could make up names without end.</summary>
    public const int MostJobs = 20_000;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 heartbeats", """
            CREATE TABLE heartbeat(host TEXT NOT NULL, job TEXT NOT NULL, first_ms INTEGER NOT NULL, start_ms INTEGER, end_ms INTEGER,
              success_ms INTEGER, exit_code INTEGER, seconds REAL, text TEXT NOT NULL, every_seconds REAL, PRIMARY KEY (host, job)) STRICT;
            CREATE TRIGGER forget_heartbeat AFTER DELETE ON host BEGIN DELETE FROM heartbeat WHERE host = old.name; END;
            """),
    ];

    public IReadOnlyList<Heartbeat> All() => Query("ORDER BY host, job", null);

    public IReadOnlyList<Heartbeat> OfHost(string host) => Query("WHERE host = @host ORDER BY job", new { host });

    /// <summary>Changes a job, or makes it. False when there are too many to make another.</summary>
    public async ValueTask<bool> ChangeAsync(string host, string job, long nowMs, Func<Heartbeat, Heartbeat> change, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
        {
            var known = connection.Query<Row>(Columns + " WHERE host = @host AND job = @job", new { host, job }, transaction).FirstOrDefault();
            if (known is null && connection.ExecuteScalar<long>("SELECT count(*) FROM heartbeat", transaction: transaction) >= MostJobs)
                return false;
            var changed = change(known?.ToHeartbeat() ?? new(host, job, nowMs, null, null, null, null, null, "", null));
            connection.Execute("""
                INSERT INTO heartbeat VALUES(@Host, @Job, @FirstMs, @StartMs, @EndMs, @SuccessMs, @ExitCode, @Seconds, @Text, @EverySeconds)
                ON CONFLICT DO UPDATE SET start_ms = excluded.start_ms, end_ms = excluded.end_ms, success_ms = excluded.success_ms,
                  exit_code = excluded.exit_code, seconds = excluded.seconds, text = excluded.text, every_seconds = excluded.every_seconds
                """, changed, transaction);
            return true;
        }, ct);

    public async ValueTask<bool> RemoveAsync(string host, string job, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
            connection.Execute("DELETE FROM heartbeat WHERE host = @host AND job = @job", new { host, job }, transaction) > 0, ct);

    const string Columns = """
        SELECT host AS Host, job AS Job, first_ms AS FirstMs, start_ms AS StartMs, end_ms AS EndMs, success_ms AS SuccessMs,
               exit_code AS ExitCode, seconds AS Seconds, text AS Text, every_seconds AS EverySeconds FROM heartbeat
        """;

    IReadOnlyList<Heartbeat> Query(string where, object? arguments) => database.Read(connection =>
        (IReadOnlyList<Heartbeat>)[.. connection.Query<Row>($"{Columns} {where}", arguments).Select(r => r.ToHeartbeat())]);

    sealed record Row(string Host, string Job, long FirstMs, long? StartMs, long? EndMs, long? SuccessMs, long? ExitCode, double? Seconds,
        string Text, double? EverySeconds)
    {
        public Heartbeat ToHeartbeat() => new(Host, Job, FirstMs, StartMs, EndMs, SuccessMs, ExitCode, Seconds, Text, EverySeconds);
    }
}
