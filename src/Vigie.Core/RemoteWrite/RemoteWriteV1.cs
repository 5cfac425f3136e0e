using System.Buffers.Binary;
using Vigie.Core.Protobuf;

namespace Vigie.Core.RemoteWrite;

/// <summary>WriteRequest{timeseries=1, metadata=3}; TimeSeries{labels=1, samples=2, exemplars=3, histograms=4}.</summary>
static class RemoteWriteV1
{
    const int LabelField = 1, SampleField = 2, HistogramField = 4;

    public static void Read(ReadOnlySpan<byte> body, RemoteWritePass pass)
    {
        var request = new ProtoReader(body, 0);
        while (request.Next())
        {
            switch (request.Field)
            {
                case 1: ReadSeries(request.Message(), pass); break;
                case 3: ReadMetadata(request.Message(), pass); break;
                default: request.Skip(); break;
            }
        }
    }

    static void ReadSeries(ProtoReader series, RemoteWritePass pass)
    {
        if (pass.Expected is { } expected)
        {
            var guess = series;
            if (guess.TryPass(expected.Key))
            {
                if (IsOneSample(guess.Rest, out double value, out long timeMs))
                {
                    pass.Take(pass.Enter(expected), timeMs, value);
                    return;
                }
                // The labels must end where the expected ones do, or this is another series that begins with the same labels.
                if (HasNoMoreLabels(guess))
                {
                    ReadSamples(guess, expected, pass);
                    return;
                }
            }
        }
        var labels = Labels(series, pass, out int samples, out int offset);
        if (samples > 0 && pass.Find(labels, offset, samples) is { } known)
            ReadSamples(series, known, pass);
        else
            CountHistograms(series, pass);
    }

    /// <summary>
    /// Whether the rest of a series is one sample with a value and a time, as nearly all are: read at one glance it costs half
    /// of what walking its fields does.
    /// </summary>
    static bool IsOneSample(ReadOnlySpan<byte> rest, out double value, out long timeMs)
    {
        const int Message = 2, Value = Message + 1, Time = Value + 9; // where the sample, its value and its time begin
        (value, timeMs) = (0, 0);
        if (rest.Length is <= Time or > Time + 9 || rest[0] != 0x12 || rest[1] != rest.Length - Message || rest[Message] != 0x09
            || rest[Time - 1] != 0x10)
            return false;
        value = BinaryPrimitives.ReadDoubleLittleEndian(rest[Value..]);
        ulong time = 0;
        int shift = 0;
        foreach (byte b in rest[Time..^1])
        {
            if (b < 0x80)
                return false; // another field stands behind the time
            time |= (ulong)(b & 0x7f) << shift;
            shift += 7;
        }
        timeMs = (long)(time | (ulong)rest[^1] << shift);
        return rest[^1] < 0x80;
    }

    static bool HasNoMoreLabels(ProtoReader rest)
    {
        while (rest.Next())
        {
            if (rest.Field == LabelField)
                return false;
            rest.Skip();
        }
        return true;
    }

    static void ReadSamples(ProtoReader series, KnownSeries known, RemoteWritePass pass)
    {
        bool entered = false;
        int histograms = 0;
        while (series.Next())
        {
            if (series.Field == SampleField)
            {
                if (!entered)
                    known = pass.Enter(known);
                entered = true;
                pass.ReadSample(series.Message(), known);
                continue;
            }
            histograms += series.Field == HistogramField ? 1 : 0;
            series.Skip();
        }
        pass.RefuseHistograms(histograms);
    }

    static void CountHistograms(ProtoReader series, RemoteWritePass pass)
    {
        int histograms = 0;
        while (series.Next())
        {
            histograms += series.Field == HistogramField ? 1 : 0;
            series.Skip();
        }
        pass.RefuseHistograms(histograms);
    }

    /// <summary>The label fields one behind the other, as nearly every sender writes them; else they are brought together.</summary>
    static ReadOnlySpan<byte> Labels(ProtoReader series, RemoteWritePass pass, out int samples, out int offset)
    {
        samples = 0;
        int from = -1, to = 0, total = 0;
        bool together = true;
        var scan = series;
        for (int at = 0; scan.Next(); at = scan.Position)
        {
            samples += scan.Field == SampleField ? 1 : 0;
            bool isLabel = scan.Field == LabelField;
            scan.Skip();
            if (!isLabel)
                continue;
            together &= from < 0 || at == to;
            from = from < 0 ? at : from;
            to = scan.Position;
            total += to - at;
        }
        offset = series.Offset + Math.Max(from, 0);
        if (from < 0)
            return default;
        return together || total > pass.Limits.SeriesBytes // which is refused by its length
            ? series.Slice(from, to)
            : Collect(series, pass);
    }

    static ReadOnlySpan<byte> Collect(ProtoReader series, RemoteWritePass pass)
    {
        int length = 0;
        for (int at = 0; series.Next(); at = series.Position)
        {
            bool isLabel = series.Field == LabelField;
            series.Skip();
            if (!isLabel)
                continue;
            pass.Collect(series.Slice(at, series.Position), length);
            length += series.Position - at;
        }
        return pass.Scratch.AsSpan(0, length);
    }

    /// <summary>MetricMetadata{type=1, metric_family_name=2, help=4, unit=5}.</summary>
    static void ReadMetadata(ProtoReader metadata, RemoteWritePass pass)
    {
        ulong type = 0;
        ReadOnlySpan<byte> name = default, help = default, unit = default;
        while (metadata.Next())
        {
            switch (metadata.Field)
            {
                case 1: type = metadata.VarintField(); break;
                case 2: name = metadata.Bytes(); break;
                case 4: help = metadata.Bytes(); break;
                case 5: unit = metadata.Bytes(); break;
                default: metadata.Skip(); break;
            }
        }
        pass.Learn(name, type, unit, help);
    }
}
