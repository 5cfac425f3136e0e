using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.Otlp;

/// <summary>
/// Reads <c>ExportMetricsServiceRequest</c> (field numbers of the OpenTelemetry protocol 1.x). A series that was seen
/// before costs no allocation: it is found by the bytes of its metric and attributes. Safe for use by many threads.
/// </summary>
public sealed class OtlpMetricsReader(IngestLimits limits, TimeProvider time)
{
    readonly ConcurrentDictionary<byte[], OtlpResource> _resources = new(ByteKeys.Instance);

    /// <param name="body">The uncompressed request.</param>
    /// <param name="fallbackHost">The host's name when the resource tells none: the token's name or the peer's address.</param>
    /// <param name="batch">Receives the samples.</param>
    /// <exception cref="WireFormatException">The body is malformed; the batch is to be thrown away.</exception>
    public SampleReading Read(ReadOnlySpan<byte> body, string fallbackHost, SampleBatch batch)
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
        if (_resources.Count >= limits.Hosts)
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
