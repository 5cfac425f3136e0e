using System.Collections.Concurrent;
using Vigie.Core.Metrics;

namespace Vigie.Core.Otlp;

/// <summary>
/// A resource (a host, or a service on it) as it was seen on the wire, with the series it has sent. One object per
/// distinct resource, kept between requests.
/// </summary>
public sealed class OtlpResource
{
    const string OwnAgent = "vigie-agent";
    static readonly TimeSpan Silent = TimeSpan.FromHours(1), BetweenSweeps = TimeSpan.FromMinutes(1);

    long _sweptMs;

    internal OtlpResource(IReadOnlyDictionary<string, string> attributes, string fallbackHost, IngestLimits limits)
    {
        Attributes = attributes;
        Host = First("host.name") ?? First("host.id") ?? First("service.instance.id") ?? fallbackHost;
        if (Labels().Any(l => l.Value.Length > limits.LabelLength))
            Refusal = $"a resource's host or service name is longer than {limits.LabelLength} characters";
    }

    /// <summary>Arrays are joined by a space.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; }

    /// <summary>The name under which the host is known; its series carry it as the label <c>host</c>.</summary>
    public string Host { get; }

    /// <summary>Why none of its data points are taken; null when they are.</summary>
    internal string? Refusal { get; init; }

    internal ConcurrentDictionary<byte[], Series> Series { get; } = new(ByteKeys.Instance);

    /// <summary>
    /// Forgets the series that were not met for an hour, so that names which come and go don't use up the limit for ever.
    /// Returns whether there is room now.
    /// </summary>
    internal bool DropSilent(long nowMs)
    {
        if (nowMs - _sweptMs < BetweenSweeps.TotalMilliseconds)
            return false;
        _sweptMs = nowMs;
        bool dropped = false;
        foreach (var (key, series) in Series)
            dropped |= nowMs - series.SeenMs > Silent.TotalMilliseconds && Series.TryRemove(key, out _);
        return dropped;
    }

    string? First(string key) => Attributes.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    /// <summary>The labels that each series of this resource carries.</summary>
    internal IEnumerable<Label> Labels()
    {
        yield return new("host", Host);
        // Two services of one host may send the same metric; Prometheus tells them apart by job and instance.
        if (First("service.name") is { } service && service != OwnAgent)
        {
            yield return new("job", First("service.namespace") is { } space ? $"{space}/{service}" : service);
            if (First("service.instance.id") is { } instance)
                yield return new("instance", instance);
        }
    }
}

/// <summary>Byte strings as dictionary keys that can be looked up by a span, without a copy.</summary>
sealed class ByteKeys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteKeys Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode(); // seeded per process, so nobody can choose keys that collide
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
