using System.Collections.Concurrent;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Heartbeats;

/// <summary>Notes what jobs tell of themselves, and tells it on as metrics at each of the hub's rounds, however seldom the jobs run.</summary>
sealed class Heartbeats(HeartbeatStore store, TimeProvider time)
{
    public const int LongestName = 100, LongestText = 1000;

    static readonly MetricInfo Age = new("vigie.heartbeat.age", "s", MetricKind.Gauge, "Time since the job last ended well, or was first heard of.");

    static readonly MetricInfo Patience =
        new("vigie.heartbeat.patience", "s", MetricKind.Gauge, "Age from which the job counts as late: its period and some grace.");

    static readonly MetricInfo Failed = new("vigie.heartbeat.failed", "1", MetricKind.Gauge, "1 when the job's last run ended badly, else 0.");

    static readonly MetricInfo ExitCode = new("vigie.heartbeat.exit_code", "1", MetricKind.Gauge, "Exit code of the job's last run.");

    static readonly MetricInfo Duration = new("vigie.heartbeat.duration", "s", MetricKind.Gauge, "How long the job's last run took.");

    readonly ConcurrentDictionary<(MetricInfo Metric, string Host, string Job), Series> _series = new();

    /// <returns>Why it was not noted; null when it was.</returns>
    public async ValueTask<string?> StartedAsync(string host, string job, double? everySeconds, CancellationToken ct) =>
        await NoteAsync(host, job, (h, nowMs) => h with { StartMs = nowMs, EverySeconds = everySeconds ?? h.EverySeconds }, ct);

    /// <param name="seconds">How long it took; null to count from its start, if that was told.</param>
    /// <returns>Why it was not noted; null when it was.</returns>
    public async ValueTask<string?> EndedAsync(string host, string job, long exitCode, double? seconds, string text, double? everySeconds,
        CancellationToken ct) => await NoteAsync(host, job, (h, nowMs) => h with
        {
            EndMs = nowMs,
            SuccessMs = exitCode == 0 ? nowMs : h.SuccessMs,
            ExitCode = Math.Abs(exitCode), // from 1 on it is a failure
            Seconds = seconds is >= 0 and < 1e9 ? seconds : h.IsRunning ? (nowMs - h.StartMs) / 1000d : null,
            Text = text.Length <= LongestText ? text : text[..LongestText],
            EverySeconds = everySeconds ?? h.EverySeconds,
        }, ct);

    public void AddTo(SampleBatch batch)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var job in store.All())
        {
            batch.Add(SeriesOf(Age, job), nowMs, job.AgeSeconds(nowMs));
            batch.Add(SeriesOf(Failed, job), nowMs, job.HasFailed ? 1 : 0);
            if (job.PatienceSeconds is { } patience)
                batch.Add(SeriesOf(Patience, job), nowMs, patience);
            if (job.ExitCode is { } code)
                batch.Add(SeriesOf(ExitCode, job), nowMs, code);
            if (job.Seconds is { } seconds)
                batch.Add(SeriesOf(Duration, job), nowMs, seconds);
        }
    }

    async ValueTask<string?> NoteAsync(string host, string job, Func<Heartbeat, long, Heartbeat> change, CancellationToken ct)
    {
        if (job.Length is 0 or > LongestName || job.Any(char.IsControl) || host.Length > 253 || host.Any(char.IsControl))
            return $"a job needs a name of 1 to {LongestName} printable signs, and a host's name has 253 at most";
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await store.ChangeAsync(host, job, nowMs, h => change(h, nowMs), ct)
            ? null : $"there are {HeartbeatStore.MostJobs} jobs already; remove some with `vigie jobs remove`";
    }

    Series SeriesOf(MetricInfo metric, Heartbeat job) => _series.GetOrAdd((metric, job.Host, job.Job), static key =>
        new(Labels.Of(StoredNames.Metric(key.Metric), ("host", key.Host), ("job", key.Job)), key.Metric));
}
