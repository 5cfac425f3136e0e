using System.Collections.Concurrent;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Hosts;

namespace Vigie.Hub.Ingest;

/// <summary>What became of a request.</summary>
readonly record struct Taken(int Written, int Refused, string? Reason);

/// <summary>The one way in for samples, whether they come by HTTP or from the probe in this process.</summary>
sealed class SampleIngest(OtlpMetricsReader reader, ISampleWriter writer, HostDirectory hosts, HubMetrics metrics)
{
    /// <summary>A larger batch is not kept for the next request: one huge request must not hold its memory for ever.</summary>
    const int LargestKept = 100_000;

    readonly ConcurrentBag<SampleBatch> _batches = [];

    /// <summary>Returns when the samples are durable.</summary>
    /// <param name="otlp">An uncompressed ExportMetricsServiceRequest.</param>
    /// <exception cref="OtlpFormatException">Malformed: nothing was stored.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was stored; worth a retry.</exception>
    public async ValueTask<Taken> TakeAsync(ReadOnlyMemory<byte> otlp, string fallbackHost, CancellationToken ct)
    {
        if (!_batches.TryTake(out var batch))
            batch = new();
        try
        {
            var reading = reader.Read(otlp.Span, fallbackHost, batch);
            var written = await writer.WriteAsync(batch, ct);
            await hosts.SeenAsync(reading.Resources, ct);
            var taken = new Taken(written.Written, written.Refused + reading.Refused, Join(reading.Reason, written.Reason));
            metrics.Count(taken);
            return taken;
        }
        finally
        {
            if (batch.Count <= LargestKept)
            {
                batch.Clear();
                _batches.Add(batch);
            }
        }
    }

    static string? Join(string? a, string? b) => a is null ? b : b is null ? a : $"{a}; {b}";
}
