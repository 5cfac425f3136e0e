using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Vigie.Core.Metrics;

/// <summary>One name and value of a series.</summary>
public readonly record struct Label(string Name, string Value);

/// <summary>
/// The identity of a series: labels sorted by name (ordinal), without duplicates and without empty values. The metric's
/// name is the label <c>__name__</c>. Immutable; two label sets with the same content are equal.
/// </summary>
public sealed class Labels : IEquatable<Labels>
{
    public const string MetricName = "__name__";

    public static readonly Labels Empty = new([]);

    readonly Label[] _labels;
    int _hash; // zero until it is asked for: many label sets are only shown

    Labels(Label[] sorted) => _labels = sorted;

    public int Count => _labels.Length;

    public ReadOnlySpan<Label> Span => _labels;

    /// <summary>The metric's name, or an empty string when an operation has dropped it.</summary>
    public string Name => this[MetricName];

    /// <summary>The value of a label; an absent label reads as the empty string, as PromQL has it.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var label in _labels)
                if (string.Equals(label.Name, name, StringComparison.Ordinal))
                    return label.Value;
            return "";
        }
    }

    /// <summary>Sorts, drops empty values, and lets the last of two labels with one name win.</summary>
    public static Labels From(IEnumerable<Label> labels)
    {
        Label[] all = [.. labels];
        if (IsCanonical(all))
            return new(all);
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in all)
            map[label.Name] = label.Value;
        return new([.. map.Where(l => l.Value.Length > 0).Select(l => new Label(l.Key, l.Value))]);
    }

    static bool IsCanonical(Label[] labels)
    {
        for (int i = 0; i < labels.Length; i++)
            if (labels[i].Value.Length == 0 || (i > 0 && string.CompareOrdinal(labels[i - 1].Name, labels[i].Name) >= 0))
                return false;
        return true;
    }

    public static Labels Of(string metric, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var all = new List<Label>(labels.Length + 1) { new(MetricName, metric) };
        foreach (var (name, value) in labels)
            all.Add(new(name, value));
        return From(all);
    }

    public Labels With(string name, string value) => From(_labels.Append(new Label(name, value)));

    public Labels Without(params ReadOnlySpan<string> names)
    {
        var kept = new List<Label>(_labels.Length);
        foreach (var label in _labels)
            if (!names.Contains(label.Name))
                kept.Add(label);
        return new([.. kept]);
    }

    public Labels Keep(params ReadOnlySpan<string> names)
    {
        var kept = new List<Label>(names.Length);
        foreach (var label in _labels)
            if (names.Contains(label.Name))
                kept.Add(label);
        return new([.. kept]);
    }

    public bool Equals([NotNullWhen(true)] Labels? other) =>
        ReferenceEquals(this, other) || (other is not null && GetHashCode() == other.GetHashCode() && Span.SequenceEqual(other.Span));

    public override bool Equals(object? obj) => Equals(obj as Labels);

    public override int GetHashCode() => _hash != 0 ? _hash : _hash = Hash();

    int Hash()
    {
        var hash = new HashCode();
        foreach (var label in _labels)
        {
            hash.Add(label.Name, StringComparer.Ordinal);
            hash.Add(label.Value, StringComparer.Ordinal);
        }
        return hash.ToHashCode();
    }

    /// <summary>The series in PromQL's spelling: <c>name{a="b"}</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name);
        var others = _labels.Where(l => l.Name is not MetricName).ToArray();
        if (others.Length == 0 && text.Length > 0)
            return text.ToString();
        text.Append('{');
        for (int i = 0; i < others.Length; i++)
            text.Append(i > 0 ? ", " : "").Append(others[i].Name).Append('=').Append(Quote(others[i].Value));
        return text.Append('}').ToString();
    }

    /// <summary>A PromQL string literal in double quotes.</summary>
    public static string Quote(string value) =>
        '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal) + '"';
}
