using System.Collections.Concurrent;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.RemoteWrite;

/// <summary>The two messages of Prometheus' remote write.</summary>
public enum RemoteWriteVersion
{
    /// <summary><c>prometheus.WriteRequest</c>.</summary>
    V1,

    /// <summary><c>io.prometheus.write.v2.Request</c>.</summary>
    V2,
}

/// <summary>
/// Reads the requests of Prometheus' remote write. A sample of a known series costs no allocation and no reading of labels. Safe
/// for use by many threads; one for each hub, because it counts the series of each host.
/// </summary>
public sealed class RemoteWriteReader(IngestLimits limits, TimeProvider time)
{
    readonly SeriesTable _table = new(limits);
    readonly ConcurrentBag<RemoteWritePass> _passes = [];

    /// <summary>Series that are kept now.</summary>
    public int SeriesCount => _table.SeriesCount;

    /// <param name="body">The uncompressed request.</param>
    /// <param name="fallbackHost">The host of series that have neither a label <c>host</c> nor <c>instance</c>.</param>
    /// <param name="batch">Receives the samples, those of one series in the order in which they came.</param>
    /// <exception cref="WireFormatException">The body is malformed; the batch is to be thrown away.</exception>
    public SampleReading Read(ReadOnlySpan<byte> body, RemoteWriteVersion version, string fallbackHost, SampleBatch batch)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _table.SweepWhenDue(nowMs);
        if (!_passes.TryTake(out var pass))
            pass = new(_table, limits);
        pass.Begin(batch, fallbackHost, nowMs);
        if (version == RemoteWriteVersion.V1)
            RemoteWriteV1.Read(body, pass);
        else
            RemoteWriteV2.Read(body, pass);
        var reading = pass.End();
        _passes.Add(pass); // one that threw is not used again
        return reading;
    }
}
