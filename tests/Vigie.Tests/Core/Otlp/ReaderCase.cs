using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;

namespace Vigie.Tests.Core.Otlp;

/// <summary>A reader at a fixed instant, and requests made field by field.</summary>
sealed class ReaderCase(IngestLimits? limits = null)
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly ulong NowNano = (ulong)Now.ToUnixTimeMilliseconds() * 1_000_000;

    public FakeTimeProvider Time { get; } = new(Now);

    public SampleBatch Batch { get; } = new();

    OtlpMetricsReader? _reader;

    public OtlpMetricsReader Reader => _reader ??= new(limits ?? new(), Time);

    public SampleReading Read(ReadOnlySpan<byte> body)
    {
        Batch.Clear();
        return Reader.Read(body, "token-7", Batch);
    }

    /// <summary>The one series of the batch, after reading.</summary>
    public string One(ReadOnlySpan<byte> body)
    {
        var reading = Read(body);
        Assert.Null(reading.Reason);
        Assert.Equal(1, Batch.Count);
        return Batch.Series[0].Labels.ToString();
    }

    public static byte[] Message(Action<ProtoWriter> write)
    {
        var writer = new ProtoWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    public static void Nest(ProtoWriter writer, int field, Action content)
    {
        int begin = writer.Begin(field);
        content();
        writer.End(begin);
    }

    public static void Pair(ProtoWriter writer, int field, string key, string value) => Nest(writer, field, () =>
    {
        writer.String(1, key);
        Nest(writer, 2, () => writer.String(1, value));
    });

    /// <summary>One metric of one resource; data is 5 for a gauge, 7 for a sum, 9 for a histogram.</summary>
    public static byte[] Metric(int data, Action<ProtoWriter> content, string name = "m", string unit = "",
        params (string Key, string Value)[] resource) =>
        Message(w => Nest(w, 1, () =>
    {
        Nest(w, 1, () =>
        {
            foreach (var (key, value) in resource)
                Pair(w, 1, key, value);
        });
        Nest(w, 2, () => Nest(w, 2, () =>
        {
            w.String(1, name);
            w.String(3, unit);
            Nest(w, data, () => content(w));
        }));
    }));

    /// <summary>A gauge with one point that carries these attributes.</summary>
    public static byte[] Gauge(params (string Key, string Value)[] attributes) =>
        Metric(5, w => Point(w, 1, attributes), resource: ("host.name", "alpha"));

    public static void Point(ProtoWriter w, double value, params (string Key, string Value)[] attributes) => Nest(w, 1, () =>
    {
        w.Fixed64(3, NowNano);
        w.Double(4, value);
        foreach (var (key, text) in attributes)
            Pair(w, 7, key, text);
    });
}
