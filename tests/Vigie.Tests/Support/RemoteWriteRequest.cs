using Snappier;
using Vigie.Core.Protobuf;
using Vigie.Core.RemoteWrite;

namespace Vigie.Tests.Support;

/// <summary>A series as a sender has it; Metadata only for version 2.0.</summary>
sealed record SentSeries((string Name, string Value)[] Labels, (long TimeMs, double Value)[] Samples)
{
    public int Histograms { get; init; }

    public int Exemplars { get; init; }

    public (ulong Type, string Help, string Unit)? Metadata { get; init; }
}

/// <summary>Requests of Prometheus' remote write, as its own encoder writes them: what is zero or empty is left out.</summary>
static class RemoteWriteRequest
{
    public const string V1Type = "application/x-protobuf", V2Type = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    /// <summary>A series with one sample of value 1.</summary>
    public static SentSeries One(long timeMs, params (string, string)[] labels) => new(labels, [(timeMs, 1)]);

    public static byte[] Of(RemoteWriteVersion version, params IReadOnlyCollection<SentSeries> series) =>
        version == RemoteWriteVersion.V1 ? V1(series) : V2(series);

    public static byte[] V1(params IReadOnlyCollection<SentSeries> series)
    {
        var writer = new ProtoWriter();
        foreach (var one in series)
        {
            int begin = writer.Begin(1);
            foreach (var (name, value) in one.Labels)
            {
                int label = writer.Begin(1);
                if (name.Length > 0)
                    writer.String(1, name);
                if (value.Length > 0)
                    writer.String(2, value);
                writer.End(label);
            }
            Samples(writer, one);
            Fill(writer, 3, one.Exemplars);
            Fill(writer, 4, one.Histograms);
            writer.End(begin);
        }
        return writer.Written.ToArray();
    }

    public static byte[] V2(params IReadOnlyCollection<SentSeries> series)
    {
        var symbols = new List<string> { "" };
        ulong Ref(string text)
        {
            int at = symbols.IndexOf(text);
            if (at < 0)
                symbols.Add(text);
            return (ulong)(at < 0 ? symbols.Count - 1 : at);
        }
        var body = new ProtoWriter();
        foreach (var one in series)
        {
            int begin = body.Begin(5);
            Refs(body, [.. one.Labels.SelectMany(l => new[] { Ref(l.Name), Ref(l.Value) })]);
            Samples(body, one);
            Fill(body, 3, one.Histograms);
            Fill(body, 4, one.Exemplars);
            if (one.Metadata is { } told)
            {
                int metadata = body.Begin(5);
                body.Varint(1, told.Type);
                body.Varint(3, Ref(told.Help));
                body.Varint(4, Ref(told.Unit));
                body.End(metadata);
            }
            body.End(begin);
        }
        return [.. Symbols([.. symbols]), .. body.Written.Span];
    }

    public static byte[] Symbols(params IReadOnlyCollection<string> symbols)
    {
        var writer = new ProtoWriter();
        foreach (string symbol in symbols)
            writer.String(4, symbol);
        return writer.Written.ToArray();
    }

    /// <summary>A series of version 2.0 with one sample of value 1 and these references.</summary>
    public static byte[] Referring(long timeMs, params ulong[] refs)
    {
        var writer = new ProtoWriter();
        int begin = writer.Begin(5);
        Refs(writer, refs);
        Samples(writer, One(timeMs));
        writer.End(begin);
        return writer.Written.ToArray();
    }

    /// <summary>Version 1.0's metadata, as a request of its own.</summary>
    public static byte[] Metadata(string family, ulong type, string help, string unit = "")
    {
        var writer = new ProtoWriter();
        int begin = writer.Begin(3);
        writer.Varint(1, type);
        writer.String(2, family);
        writer.String(4, help);
        writer.String(5, unit);
        writer.End(begin);
        return writer.Written.ToArray();
    }

    public static byte[] Snappy(ReadOnlySpan<byte> body) => Snappier.Snappy.CompressToArray(body);

    static void Refs(ProtoWriter writer, ulong[] refs)
    {
        var packed = new List<byte>();
        foreach (ulong one in refs)
        {
            ulong number = one;
            for (; number >= 0x80; number >>= 7)
                packed.Add((byte)(number | 0x80));
            packed.Add((byte)number);
        }
        writer.Bytes(1, packed.ToArray());
    }

    static void Samples(ProtoWriter writer, SentSeries series)
    {
        foreach (var (timeMs, value) in series.Samples)
        {
            int sample = writer.Begin(2);
            if (BitConverter.DoubleToInt64Bits(value) != 0)
                writer.Double(1, value);
            if (timeMs != 0)
                writer.Varint(2, (ulong)timeMs);
            writer.End(sample);
        }
    }

    static void Fill(ProtoWriter writer, int field, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int begin = writer.Begin(field);
            writer.Double(2, 1);
            writer.End(begin);
        }
    }
}
