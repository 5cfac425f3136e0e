using Vigie.Core.Metrics;

namespace Vigie.Core.Otlp;

/// <summary>One attribute of a sample, in OpenTelemetry's spelling: <c>system.device</c> = <c>sda</c>.</summary>
public readonly record struct SampleAttribute(string Key, string Value);

/// <summary>
/// Samples of one instant on their way out, as columns that are reused from round to round: once they have grown, adding
/// allocates nothing. Samples of one metric are chained, so they can be written together in whatever order they came.
/// </summary>
public sealed class OtlpSamples
{
    readonly Dictionary<MetricInfo, int> _lastOf = new(ReferenceEqualityComparer.Instance);
    readonly List<int> _firsts = [];
    readonly List<SampleAttribute> _attributes = [];
    Row[] _rows = new Row[64];

    struct Row
    {
        public MetricInfo Metric;
        public double Value;
        public ulong StartUnixNano;
        public int AttributesAt, AttributeCount, NextOfMetric;
    }

    public int Count { get; private set; }

    /// <summary>Index of the first sample of each metric, in the order in which metrics first came.</summary>
    public IReadOnlyList<int> Firsts => _firsts;

    /// <param name="metric">The same object for the same metric: metrics are told apart by reference.</param>
    /// <param name="value">In the metric's unit.</param>
    /// <param name="startUnixNano">When a counter began at zero; 0 when that is unknown. Not used for gauges.</param>
    /// <param name="attributes">Attributes with an empty value are left out.</param>
    public void Add(MetricInfo metric, double value, ulong startUnixNano, params ReadOnlySpan<SampleAttribute> attributes)
    {
        if (Count == _rows.Length)
            Array.Resize(ref _rows, Count * 2);
        ref var row = ref _rows[Count];
        row = new() { Metric = metric, Value = value, StartUnixNano = startUnixNano, AttributesAt = _attributes.Count, NextOfMetric = -1 };
        foreach (var attribute in attributes)
            if (attribute.Value.Length > 0)
                _attributes.Add(attribute);
        row.AttributeCount = _attributes.Count - row.AttributesAt;
        if (_lastOf.TryGetValue(metric, out int last))
            _rows[last].NextOfMetric = Count;
        else
            _firsts.Add(Count);
        _lastOf[metric] = Count++;
    }

    /// <summary>Appends all of another round's samples.</summary>
    public void AddAll(OtlpSamples other)
    {
        for (int i = 0; i < other.Count; i++)
            Add(other._rows[i].Metric, other._rows[i].Value, other._rows[i].StartUnixNano, other.Attributes(i));
    }

    public MetricInfo Metric(int index) => _rows[index].Metric;

    public double Value(int index) => _rows[index].Value;

    public ulong StartUnixNano(int index) => _rows[index].StartUnixNano;

    /// <summary>Valid until the next <see cref="Add"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<SampleAttribute> Attributes(int index) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_attributes).Slice(_rows[index].AttributesAt, _rows[index].AttributeCount);

    /// <summary>The next sample of the same metric, or -1.</summary>
    public int NextOfMetric(int index) => _rows[index].NextOfMetric;

    public void Clear()
    {
        Count = 0;
        _lastOf.Clear();
        _firsts.Clear();
        _attributes.Clear();
    }
}
