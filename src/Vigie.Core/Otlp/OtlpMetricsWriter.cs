using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.Otlp;

/// <summary>One attribute of what sends: a string, a number, a truth value, or an array of strings.</summary>
/// <param name="Key">OpenTelemetry spelling: <c>host.name</c>.</param>
/// <param name="Value"><see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or an array of strings.</param>
public readonly record struct ResourceAttribute(string Key, object Value);

/// <summary>
/// Writes samples as an OTLP <c>ExportMetricsServiceRequest</c> (opentelemetry-proto 1.x, protobuf): one resource, one scope,
/// a gauge or a cumulative monotonic sum per metric. Fields are written in ascending order, defaults left out, as protobuf's own
/// writers do, so equal samples give equal bytes. Allocates nothing once its buffers have grown.
/// </summary>
public sealed class OtlpMetricsWriter
{
    const int ResourceMetrics = 1, Resource = 1, ResourceAttributes = 1, ScopeMetrics = 2, Scope = 1, ScopeName = 1,
        ScopeVersion = 2, Metrics = 2;
    const int MetricName = 1, Description = 2, Unit = 3, Gauge = 5, Sum = 7, DataPoints = 1, Temporality = 2, IsMonotonic = 3,
        Cumulative = 2;
    const int StartTime = 2, Time = 3, AsDouble = 4, PointAttributes = 7;
    const int Key = 1, Value = 2, StringValue = 1, BoolValue = 2, IntValue = 3, DoubleValue = 4, ArrayValue = 5, ArrayItems = 1;

    readonly ProtoWriter _proto = new(16 * 1024);
    readonly HashSet<MetricInfo> _described = new(ReferenceEqualityComparer.Instance);
    readonly byte[] _resource, _scope;

    public OtlpMetricsWriter(IEnumerable<ResourceAttribute> resource, string scopeName, string scopeVersion)
    {
        int begin = _proto.Begin(Resource);
        foreach (var attribute in resource)
            WriteResource(attribute);
        _proto.End(begin);
        _resource = _proto.Written.ToArray();

        _proto.Clear();
        begin = _proto.Begin(Scope);
        _proto.String(ScopeName, scopeName);
        _proto.String(ScopeVersion, scopeVersion);
        _proto.End(begin);
        _scope = _proto.Written.ToArray();
    }

    /// <summary>
    /// Each metric's help is written only the first time that it is met, until <see cref="DescribeAgain"/>: else a request is to half
    /// made of texts that its receiver has.
    /// </summary>
    public bool DescribesOnce { get; init; }

    /// <summary>The next request tells everything again.</summary>
    public void DescribeAgain() => _described.Clear();

    /// <summary>The request for these samples, all at one instant. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Write(OtlpSamples samples, ulong timeUnixNano)
    {
        _proto.Clear();
        int all = _proto.Begin(ResourceMetrics);
        _proto.Raw(_resource);
        int scope = _proto.Begin(ScopeMetrics);
        _proto.Raw(_scope);
        for (int i = 0; i < samples.Firsts.Count; i++)
            WriteMetric(samples, samples.Firsts[i], timeUnixNano);
        _proto.End(scope);
        _proto.End(all);
        return _proto.Written;
    }

    void WriteMetric(OtlpSamples samples, int first, ulong timeUnixNano)
    {
        var info = samples.Metric(first);
        bool counter = info.Kind == MetricKind.Counter;
        int metric = _proto.Begin(Metrics);
        _proto.String(MetricName, info.Name);
        if (info.Help.Length > 0 && (!DescribesOnce || _described.Add(info)))
            _proto.String(Description, info.Help);
        if (info.Unit.Length > 0)
            _proto.String(Unit, info.Unit);
        int data = _proto.Begin(counter ? Sum : Gauge);
        for (int i = first; i >= 0; i = samples.NextOfMetric(i))
            WritePoint(samples, i, counter ? samples.StartUnixNano(i) : 0, timeUnixNano);
        if (counter)
        {
            _proto.Varint(Temporality, Cumulative);
            _proto.Bool(IsMonotonic, true);
        }
        _proto.End(data);
        _proto.End(metric);
    }

    void WritePoint(OtlpSamples samples, int index, ulong startUnixNano, ulong timeUnixNano)
    {
        int point = _proto.Begin(DataPoints);
        if (startUnixNano > 0)
            _proto.Fixed64(StartTime, startUnixNano);
        _proto.Fixed64(Time, timeUnixNano);
        _proto.Double(AsDouble, samples.Value(index)); // part of a oneof: written even when zero, or the point would have no value
        foreach (var (key, value) in samples.Attributes(index))
        {
            int pair = _proto.Begin(PointAttributes);
            _proto.String(Key, key);
            int any = _proto.Begin(Value);
            _proto.String(StringValue, value);
            _proto.End(any);
            _proto.End(pair);
        }
        _proto.End(point);
    }

    void WriteResource(ResourceAttribute attribute)
    {
        int pair = _proto.Begin(ResourceAttributes);
        _proto.String(Key, attribute.Key);
        int any = _proto.Begin(Value);
        switch (attribute.Value)
        {
            case string text: _proto.String(StringValue, text); break;
            case bool truth: _proto.Bool(BoolValue, truth); break;
            case long number: _proto.Varint(IntValue, (ulong)number); break;
            case double number: _proto.Double(DoubleValue, number); break;
            case IReadOnlyList<string> texts: WriteArray(texts); break;
            default:
                throw new ArgumentException($"attribute {attribute.Key} holds a {attribute.Value.GetType()}, which has no form in OTLP",
                nameof(attribute));
        }
        _proto.End(any);
        _proto.End(pair);
    }

    void WriteArray(IReadOnlyList<string> texts)
    {
        int array = _proto.Begin(ArrayValue);
        foreach (var text in texts)
        {
            int item = _proto.Begin(ArrayItems);
            _proto.String(StringValue, text);
            _proto.End(item);
        }
        _proto.End(array);
    }
}
