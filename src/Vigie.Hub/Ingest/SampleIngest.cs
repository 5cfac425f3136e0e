using System.Collections.Concurrent;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;
using Vigie.Core.RemoteWrite;
using Vigie.Hub.Accounts;
using Vigie.Hub.Hosts;

namespace Vigie.Hub.Ingest;

/// <summary>What became of a request.</summary>
readonly record struct Taken(int Written, int Refused, string? Reason);

/// <summary>The one way in for samples, whatever their protocol, and whether they come by HTTP or from the probe in this process.</summary>
sealed class SampleIngest(OtlpMetricsReader otlpReader, RemoteWriteReader writeReader, ISampleWriter writer, HostDirectory hosts,
    HubMetrics metrics, DiskWatch disk)
{
    /// <summary>What a sender is told while the store takes nothing.</summary>
    public const string Unavailable =
        "the hub can't store samples now (see its log); nothing of this request was stored, send it again";

    /// <summary>Seconds after which it may.</summary>
    public const string RetryAfter = "30";

    /// <summary>A larger batch is not kept for the next request: one huge request must not hold its memory for ever.</summary>
    const int LargestKept = 100_000;

    readonly ConcurrentBag<SampleBatch> _batches = [];

    /// <summary>Returns when the samples are durable.</summary>
    /// <param name="otlp">An uncompressed ExportMetricsServiceRequest.</param>
    /// <param name="onlyHost">The one host that the sender may speak for; null for all.</param>
    /// <exception cref="ForeignHostException">It speaks for another: nothing was stored.</exception>
    /// <exception cref="WireFormatException">Malformed: nothing was stored.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was stored; worth a retry.</exception>
    public async ValueTask<Taken> TakeAsync(ReadOnlyMemory<byte> otlp, string fallbackHost, CancellationToken ct, string? onlyHost = null)
    {
        var batch = Rent();
        try
        {
            return await StoreAsync(batch, otlpReader.Read(otlp.Span, fallbackHost, batch), onlyHost, ct);
        }
        finally
        {
            Return(batch);
        }
    }

    /// <summary>Returns when the samples are durable.</summary>
    /// <param name="request">An uncompressed request of that version.</param>
    /// <param name="onlyHost">The one host that the sender may speak for; null for all.</param>
    /// <exception cref="ForeignHostException">It speaks for another: nothing was stored.</exception>
    /// <exception cref="WireFormatException">Malformed: nothing was stored.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was stored; worth a retry.</exception>
    public async ValueTask<Taken> TakeAsync(ReadOnlyMemory<byte> request, RemoteWriteVersion version, string fallbackHost,
        CancellationToken ct, string? onlyHost = null)
    {
        var batch = Rent();
        try
        {
            return await StoreAsync(batch, writeReader.Read(request.Span, version, fallbackHost, batch), onlyHost, ct);
        }
        finally
        {
            Return(batch);
        }
    }

    async ValueTask<Taken> StoreAsync(SampleBatch batch, SampleReading reading, string? onlyHost, CancellationToken ct)
    {
        for (int i = 0; onlyHost is not null && i < reading.Hosts.Count; i++)
            HostBound.Demand(onlyHost, reading.Hosts[i].Name);
        if (disk.Look())
            throw new StoreUnavailableException($"the disk is nearly full: {disk.Left} left");
        var written = await writer.WriteAsync(batch, ct);
        await hosts.SeenAsync(reading.Hosts, ct);
        var taken = new Taken(written.Written, written.Refused + reading.Refused, Join(reading.Reason, written.Reason));
        metrics.Count(taken, reading.Counts, written.Counts);
        return taken;
    }

    SampleBatch Rent() => _batches.TryTake(out var batch) ? batch : new();

    void Return(SampleBatch batch)
    {
        if (batch.Count > LargestKept)
            return;
        batch.Clear();
        _batches.Add(batch);
    }

    static string? Join(string? a, string? b) => a is null ? b : b is null ? a : $"{a}; {b}";
}
