using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.RemoteWrite;

/// <summary>
/// Request{symbols=4, timeseries=5}; TimeSeries{labels_refs=1, samples=2, histograms=3, exemplars=4, metadata=5}. The labels are
/// put together as version 1.0 spells them, so that a series is the same one whichever version it comes by.
/// </summary>
static class RemoteWriteV2
{
    const int RefsField = 1, SampleField = 2, HistogramField = 3, MetadataField = 5;

    public static void Read(ReadOnlySpan<byte> body, RemoteWritePass pass)
    {
        var symbols = pass.Symbols;
        symbols.Clear();
        var scan = new ProtoReader(body, 0); // symbols may come after the series that use them
        bool hasSeries = false;
        while (scan.Next())
        {
            hasSeries |= scan.Field == 5;
            if (scan.Field != 4)
            {
                scan.Skip();
                continue;
            }
            int length = scan.Bytes().Length;
            symbols.Add(scan.Position - length, length, scan.Position);
        }
        if (hasSeries && symbols.Count == 0)
            throw new WireFormatException("the request has series but no symbols", body.Length);
        var request = new ProtoReader(body, 0);
        while (request.Next())
        {
            if (request.Field == 5)
                ReadSeries(request.Message(), body, pass);
            else
                request.Skip();
        }
    }

    static void ReadSeries(ProtoReader series, ReadOnlySpan<byte> body, RemoteWritePass pass)
    {
        var rest = series;
        var labels = new LabelRefs(body, pass);
        int samples = 0, histograms = 0;
        ProtoReader metadata = default;
        while (rest.Next())
        {
            switch (rest.Field)
            {
                case RefsField:
                    labels.Read(ref rest);
                    break;
                case MetadataField:
                    metadata = rest.Message();
                    break;
                default:
                    samples += rest.Field == SampleField ? 1 : 0;
                    histograms += rest.Field == HistogramField ? 1 : 0;
                    rest.Skip();
                    break;
            }
        }
        pass.RefuseHistograms(histograms);
        if (samples == 0)
            return;
        if (labels.Refusal is { } refusal)
        {
            pass.Refuse(RefusalKind.Labels, refusal, samples);
            return;
        }
        var key = pass.Scratch.AsSpan(0, labels.Length);
        var expected = pass.Expected;
        bool isExpected = expected is not null && key.SequenceEqual(expected.Key);
        if ((isExpected ? expected : pass.Find(key, series.Offset, samples)) is not { } known)
            return;
        if (!known.IsDeclared)
            LearnMetadata(metadata, known, body, pass);
        known = pass.Enter(known);
        while (series.Next())
        {
            if (series.Field == SampleField)
                pass.ReadSample(series.Message(), known);
            else
                series.Skip();
        }
    }

    /// <summary>Numbers of symbols in pairs: packed as proto3 has it, or one by one, which its readers must take, too.</summary>
    ref struct LabelRefs(ReadOnlySpan<byte> body, RemoteWritePass pass)
    {
        readonly ReadOnlySpan<byte> _body = body;
        ReadOnlySpan<byte> _name;
        bool _hasName;
        int _labels;
        string? _refusal;

        public int Length { get; private set; }

        public readonly string? Refusal => _refusal ?? (_hasName ? "a series has an odd number of references to labels" : null);

        public void Read(ref ProtoReader refs)
        {
            if (!refs.IsPacked)
            {
                Take(refs.VarintField());
                return;
            }
            var packed = refs.Message();
            while (packed.NextPacked(out ulong number))
                Take(number);
        }

        void Take(ulong number)
        {
            if (_refusal is not null)
                return;
            if (!pass.Symbols.TryGet(number, _body, out var text))
                _refusal = "a series' labels refer to symbols that the request has not";
            else if (!_hasName)
            {
                _name = text;
                _hasName = true;
            }
            // Checked before anything is copied: a few bytes of references may stand for many of text.
            else if (++_labels > pass.Limits.LabelsPerSeries)
                _refusal = pass.Limits.LabelsRefusal;
            else if (Length + _name.Length + text.Length > pass.Limits.SeriesBytes)
                _refusal = pass.Limits.SeriesBytesRefusal;
            else
                (Length, _hasName) = (pass.AppendLabel(_name, text, Length), false);
        }
    }

    /// <summary>Metadata{type=1, help_ref=3, unit_ref=4}.</summary>
    static void LearnMetadata(ProtoReader metadata, KnownSeries known, ReadOnlySpan<byte> body, RemoteWritePass pass)
    {
        ulong type = 0, help = 0, unit = 0;
        while (metadata.Next())
        {
            switch (metadata.Field)
            {
                case 1: type = metadata.VarintField(); break;
                case 3: help = metadata.VarintField(); break;
                case 4: unit = metadata.VarintField(); break;
                default: metadata.Skip(); break;
            }
        }
        if (!pass.Symbols.TryGet(help, body, out var helpText) || !pass.Symbols.TryGet(unit, body, out var unitText))
            return;
        pass.Metrics.Learn(known.Shared.Info.Name, type, unitText, helpText);
        known.IsDeclared = type != 0;
    }
}
