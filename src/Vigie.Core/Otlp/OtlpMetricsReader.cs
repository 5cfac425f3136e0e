using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using Vigie.Core.Metrics;

namespace Vigie.Core.Otlp;

/// <summary>Bounds of what one sender can make the hub keep. A point past one of them is refused and counted.</summary>
public sealed record OtlpLimits
{
    public int SeriesPerResource { get; init; } = 20_000;

    public int Resources { get; init; } = 50_000;

    public int LabelsPerSeries { get; init; } = 40;

    /// <summary>Characters of a label's name or value, and of a metric's name.</summary>
    public int LabelLength { get; init; } = 2_048;

    /// <summary>Bytes of a resource's attributes: they are kept in memory for each host.</summary>
    public int ResourceBytes { get; init; } = 64 * 1024;

    /// <summary>How far ahead of the hub's clock a sample may be.</summary>
    public TimeSpan Future { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What a request held besides the samples.</summary>
/// <param name="Resources">The resources that sent at least one sample, each with its newest time (Unix milliseconds).</param>
/// <param name="Refused">Data points that were not taken.</param>
/// <param name="Reason">Why, in a sentence; several reasons are joined. Null when nothing was refused.</param>
public sealed record OtlpReading(IReadOnlyList<(OtlpResource Resource, long LastMs)> Resources, int Refused, string? Reason);

/// <summary>
/// Reads <c>ExportMetricsServiceRequest</c> (field numbers of the OpenTelemetry protocol 1.x). A series that was seen
/// before costs no allocation: it is found by the bytes of its metric and attributes. Safe for use by many threads.
/// </summary>
public sealed class OtlpMetricsReader(OtlpLimits limits, TimeProvider time)
{
    readonly ConcurrentDictionary<byte[], OtlpResource> _resources = new(ByteKeys.Instance);

    /// <param name="body">The uncompressed request.</param>
    /// <param name="fallbackHost">The host's name when the resource tells none: the token's name or the peer's address.</param>
    /// <param name="batch">Receives the samples.</param>
    /// <exception cref="OtlpFormatException">The body is malformed; the batch is to be thrown away.</exception>
    public OtlpReading Read(ReadOnlySpan<byte> body, string fallbackHost, SampleBatch batch)
    {
        var pass = new OtlpPass(limits, time.GetUtcNow().ToUnixTimeMilliseconds(), batch);
        var request = new ProtoReader(body, 0);
        while (request.Next())
        {
            if (request.Field == 1)
                ReadResourceMetrics(request.Message(), fallbackHost, pass);
            else
                request.Skip();
        }
        return pass.Result();
    }

    void ReadResourceMetrics(ProtoReader message, string fallbackHost, OtlpPass pass)
    {
        var scan = message; // the resource may come after the metrics: look for it first
        ReadOnlySpan<byte> resourceBytes = default;
        while (scan.Next())
        {
            if (scan.Field == 1)
                resourceBytes = scan.Bytes();
            else
                scan.Skip();
        }
        pass.Resource = Known(resourceBytes, fallbackHost);
        while (message.Next())
        {
            if (message.Field != 2)
            {
                message.Skip();
                continue;
            }
            var scope = message.Message();
            while (scope.Next())
            {
                if (scope.Field == 2)
                    pass.ReadMetric(scope.Message());
                else
                    scope.Skip();
            }
        }
        pass.EndResource();
    }

    OtlpResource Known(ReadOnlySpan<byte> bytes, string fallbackHost)
    {
        if (bytes.Length > limits.ResourceBytes)
            return new(FrozenDictionary<string, string>.Empty, fallbackHost, limits)
            {
                Refusal = $"a resource is larger than {limits.ResourceBytes} bytes",
            };
        // The fallback is part of the identity: two nameless hosts send the same (empty) resource.
        Span<byte> key = bytes.Length + fallbackHost.Length * 3 + 1 <= 4096
            ? stackalloc byte[4096]
            : new byte[bytes.Length + fallbackHost.Length * 3 + 1];
        bytes.CopyTo(key);
        key[bytes.Length] = 0xff;
        int length = bytes.Length + 1 + Encoding.UTF8.GetBytes(fallbackHost, key[(bytes.Length + 1)..]);
        var lookup = _resources.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(key[..length], out var known))
            return known;
        if (_resources.Count >= limits.Resources)
            _resources.Clear(); // only a cache: what is alive comes back with its next request
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new ProtoReader(bytes, 0);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                var (name, value) = OtlpAttributes.Read(reader.Message());
                attributes[name] = value;
            }
            else
                reader.Skip();
        }
        var created = new OtlpResource(attributes, fallbackHost, limits);
        return lookup.TryAdd(key[..length], created) || !lookup.TryGetValue(key[..length], out known) ? created : known;
    }
}
