using System.Buffers;
using System.Text.Unicode;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.RemoteWrite;

/// <summary>Reads the labels of a series that was not known: once for each series, so it may allocate.</summary>
static class SeriesLabels
{
    const string Host = "host", Instance = "instance";

    /// <param name="fields">Label{name=1, value=2} as fields 1, one behind the other.</param>
    /// <param name="offset">Where they stand in the body.</param>
    /// <param name="refusal">Why there are no labels.</param>
    /// <param name="isFallback">Whether the host is the fallback.</param>
    public static Labels? Read(ReadOnlySpan<byte> fields, int offset, string fallbackHost, IngestLimits limits, TextPool texts,
        out string host, out bool isFallback, out string? refusal)
    {
        host = "";
        isFallback = false;
        var labels = new List<Label>();
        var reader = new ProtoReader(fields, offset);
        while (reader.Next())
        {
            refusal = Read(reader.Message(), limits, texts, labels);
            if (refusal is not null)
                return null;
        }
        refusal = Fault(labels, limits);
        if (refusal is not null)
            return null;
        host = Find(labels, Host);
        if (host.Length > 0)
            return Labels.From(labels);
        host = texts.Of(HostOf(Find(labels, Instance)));
        isFallback = host.Length == 0;
        if (isFallback)
            host = fallbackHost;
        labels.Add(new(Host, host));
        return Labels.From(labels);
    }

    /// <summary>The labels of a series that was taken before.</summary>
    public static Labels Again(ReadOnlySpan<byte> fields, string host, TextPool texts)
    {
        var labels = new List<Label>();
        var reader = new ProtoReader(fields, 0);
        while (reader.Next())
        {
            Words(reader.Message(), out var name, out var value);
            labels.Add(new(texts.Of(name), texts.Of(value)));
        }
        if (Find(labels, Host).Length == 0)
            labels.Add(new(Host, host));
        return Labels.From(labels);
    }

    static void Words(ProtoReader label, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        while (label.Next())
        {
            switch (label.Field)
            {
                case 1: name = label.Bytes(); break;
                case 2: value = label.Bytes(); break;
                default: label.Skip(); break;
            }
        }
    }

    static string? Read(ProtoReader label, IngestLimits limits, TextPool texts, List<Label> labels)
    {
        Words(label, out var name, out var value);
        if (!Utf8.IsValid(name) || !Utf8.IsValid(value))
            return "a label is not UTF-8";
        labels.Add(new(texts.Of(name), texts.Of(value)));
        return labels[^1].Name.Length > limits.LabelLength || labels[^1].Value.Length > limits.LabelLength
            ? $"a label is longer than {limits.LabelLength} characters" : null;
    }

    static string? Fault(List<Label> labels, IngestLimits limits)
    {
        if (labels.Count > limits.LabelsPerSeries)
            return limits.LabelsRefusal;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            if (label.Name.Length == 0)
                return "a label has no name";
            if (!names.Add(label.Name))
                return $"a series has the label {Shown(label.Name)} twice";
        }
        return Find(labels, Labels.MetricName).Length == 0 ? "a series has no name (__name__)" : null;
    }

    static string Find(List<Label> labels, string name) => labels.Find(l => l.Name == name).Value ?? "";

    /// <summary>The sender's own text, short and in one line: it stands in a log.</summary>
    static string Shown(string name) =>
        Labels.Quote(string.Concat(name.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)));

    /// <summary>
    /// <c>web1:9100</c> → <c>web1</c>, <c>[2001:db8::1]:9100</c> → <c>2001:db8::1</c>; what has no port stays as it is, and so
    /// does an IPv6 address without brackets, whose last group is no port.
    /// </summary>
    public static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> instance)
    {
        int colon = instance.LastIndexOf(':');
        bool isPort = colon >= 0 && colon < instance.Length - 1 && !instance[(colon + 1)..].ContainsAnyExcept(Digits);
        if (instance.StartsWith('[') && instance.IndexOf(']') is > 1 and var close
            && (close == instance.Length - 1 || (isPort && close == colon - 1)))
            return instance[1..close];
        return isPort && instance.IndexOf(':') == colon ? instance[..colon] : instance;
    }

    static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
}
