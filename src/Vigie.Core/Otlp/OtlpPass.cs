using System.Text;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.Otlp;

/// <summary>One request on its way through the reader: where it is, what it has taken and what it has refused.</summary>
sealed class OtlpPass(IngestLimits limits, long nowMs, SampleBatch batch)
{
    readonly List<SeenHost> _hosts = [];
    readonly Refusals _refused = new();
    byte[] _key = new byte[512];
    int _prefix, _keyLength;
    long _lastMs = long.MinValue;
    MetricInfo? _metric;

    public OtlpResource Resource { get; set; } = null!;

    public SampleReading Result() => new(_hosts, _refused.Count, _refused.Reason) { Counts = _refused.Counts };

    public void EndResource()
    {
        if (_lastMs != long.MinValue)
            _hosts.Add(new(Resource.Host, Resource.Attributes, _lastMs));
        _lastMs = long.MinValue;
    }

    /// <summary>Metric{name=1, description=2, unit=3, gauge=5, sum=7, histogram=9, exponential_histogram=10, summary=11}.</summary>
    public void ReadMetric(ProtoReader metric)
    {
        ReadOnlySpan<byte> name = default, help = default, unit = default;
        ProtoReader data = default;
        int dataField = 0;
        while (metric.Next())
        {
            switch (metric.Field)
            {
                case 1: name = metric.Bytes(); break;
                case 2: help = metric.Bytes(); break;
                case 3: unit = metric.Bytes(); break;
                case 5 or 7 or 9 or 10 or 11:
                    dataField = metric.Field;
                    data = metric.Message();
                    break;
                default: metric.Skip(); break;
            }
        }
        if (dataField == 0)
            return;
        var kind = MetricKind.Gauge;
        string? refusal = Resource.Refusal is { } whole ? whole
            : name.Length == 0 ? "a metric has no name"
            : name.Length > limits.LabelLength ? $"a metric's name is longer than {limits.LabelLength} bytes"
            : unit.Length > limits.LabelLength ? $"a metric's unit is longer than {limits.LabelLength} bytes"
            : dataField is 9 or 10 or 11 ? "histograms and summaries are not stored: send sums and gauges"
            : null;
        if (dataField == 7 && refusal is null)
            (kind, refusal) = SumKind(data);
        if (refusal is not null)
        {
            Refuse(dataField is 7 or 9 or 10 or 11 ? RefusalKind.Unsupported : RefusalKind.Labels, refusal, CountPoints(data));
            return;
        }
        _metric = null;
        _keyLength = 0;
        Append([(byte)kind]);
        AppendSized(name);
        AppendSized(unit);
        _prefix = _keyLength;
        while (data.Next())
        {
            if (data.Field == 1)
                ReadPoint(data.Message(), name, unit, help, kind);
            else
                data.Skip();
        }
    }

    /// <summary>Sum{data_points=1, aggregation_temporality=2 (1 delta, 2 cumulative), is_monotonic=3}.</summary>
    static (MetricKind, string?) SumKind(ProtoReader sum)
    {
        ulong temporality = 0;
        bool monotonic = false;
        while (sum.Next())
        {
            switch (sum.Field)
            {
                case 2: temporality = sum.VarintField(); break;
                case 3: monotonic = sum.VarintField() != 0; break;
                default: sum.Skip(); break;
            }
        }
        return temporality == 2
            ? (monotonic ? MetricKind.Counter : MetricKind.Gauge, null)
            : (MetricKind.Gauge, "a sum is not cumulative: set the exporter's temporality preference to cumulative");
    }

    static int CountPoints(ProtoReader data)
    {
        int points = 0;
        while (data.Next())
        {
            points += data.Field == 1 ? 1 : 0;
            data.Skip();
        }
        return points;
    }

    /// <summary>NumberDataPoint{time=3, as_double=4, as_int=6, attributes=7, flags=8 (1 = no recorded value)}.</summary>
    void ReadPoint(ProtoReader point, ReadOnlySpan<byte> name, ReadOnlySpan<byte> unit, ReadOnlySpan<byte> help, MetricKind kind)
    {
        var attributes = point;
        ulong nanos = 0, flags = 0;
        double value = double.NaN;
        bool hasValue = false;
        _keyLength = _prefix;
        while (point.Next())
        {
            switch (point.Field)
            {
                case 3: nanos = point.Fixed64(); break;
                case 4: (value, hasValue) = (point.Double(), true); break;
                case 6: (value, hasValue) = ((long)point.Fixed64(), true); break;
                case 7: AppendSized(point.Bytes()); break;
                case 8: flags = point.VarintField(); break;
                default: point.Skip(); break;
            }
        }
        if ((flags & 1) != 0)
            (value, hasValue) = (StaleMarker.Value, true);
        long timeMs = (long)(nanos / 1_000_000), futureMs = nowMs + (long)limits.Future.TotalMilliseconds;
        if (nanos == 0)
            Refuse(RefusalKind.Malformed, "a data point has no time");
        else if (!hasValue)
            Refuse(RefusalKind.Malformed, "a data point has no value");
        else if (timeMs > futureMs)
            Refuse(RefusalKind.Future, limits.FutureRefusal("a data point"));
        else if (Find(attributes, name, unit, help, kind) is { } series)
        {
            series.SeenMs = nowMs;
            batch.Add(series, timeMs, value);
            _lastMs = Math.Max(_lastMs, timeMs);
        }
    }

    Series? Find(ProtoReader attributes, ReadOnlySpan<byte> name, ReadOnlySpan<byte> unit, ReadOnlySpan<byte> help, MetricKind kind)
    {
        var lookup = Resource.Series.GetAlternateLookup<ReadOnlySpan<byte>>();
        var key = _key.AsSpan(0, _keyLength);
        if (lookup.TryGetValue(key, out var known) && (help.IsEmpty || known.Metric.Help.Length > 0))
            return known;
        if (Resource.Series.Count >= limits.SeriesPerHost && !Resource.DropSilent(nowMs))
        {
            Refuse(RefusalKind.Series, limits.SeriesPerHostRefusal);
            return null;
        }
        // One declaration for all series of the metric, or a long description would be kept once for each of them.
        help = help[..Math.Min(help.Length, limits.LabelLength)];
        _metric ??= new(Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(unit), kind, Encoding.UTF8.GetString(help));
        var labels = new List<Label>();
        while (attributes.Next())
        {
            if (attributes.Field != 7)
            {
                attributes.Skip();
                continue;
            }
            var (attribute, value) = OtlpAttributes.Read(attributes.Message());
            if (attribute.Length > limits.LabelLength || value.Length > limits.LabelLength)
            {
                Refuse(RefusalKind.Labels, $"an attribute is longer than {limits.LabelLength} characters");
                return null;
            }
            string label = StoredNames.Label(attribute);
            // What a point says of itself may not pass for what the hub says of its sender.
            {
                bool taken = label is "host" or "job" or "instance" || label.StartsWith("__", StringComparison.Ordinal);
                labels.Add(new(taken ? "exported_" + label : label, value));
            }
        }
        if (labels.Count > limits.LabelsPerSeries)
        {
            Refuse(RefusalKind.Labels, $"a series has more than {limits.LabelsPerSeries} attributes");
            return null;
        }
        labels.AddRange(Resource.Labels());
        labels.Add(new(Labels.MetricName, StoredNames.Metric(_metric)));
        var series = new Series(Labels.From(labels), _metric) { SeenMs = nowMs };
        // What was known without its help is known with it from now on.
        return known is null ? Resource.Series.GetOrAdd(key.ToArray(), series) : Resource.Series[key.ToArray()] = series;
    }

    void Refuse(RefusalKind kind, string reason, int points = 1) => _refused.Add(kind, reason, points);

    void AppendSized(ReadOnlySpan<byte> bytes)
    {
        Append([(byte)bytes.Length, (byte)(bytes.Length >> 8), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 24)]);
        Append(bytes);
    }

    void Append(ReadOnlySpan<byte> bytes)
    {
        if (_keyLength + bytes.Length > _key.Length)
            Array.Resize(ref _key, Math.Max(_key.Length * 2, _keyLength + bytes.Length));
        bytes.CopyTo(_key.AsSpan(_keyLength));
        _keyLength += bytes.Length;
    }
}
