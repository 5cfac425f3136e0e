using System.Buffers.Text;
using System.Text;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Checks;

/// <summary>One sample that a script printed.</summary>
sealed record PrintedSample(string Name, SampleAttribute[] Labels, double Value);

/// <summary>What a script printed, all of it good.</summary>
sealed record PrintedMetrics(IReadOnlyList<PrintedSample> Samples, IReadOnlyDictionary<string, string> Help, IReadOnlySet<string> Counters);

/// <summary>
/// Reads the text by which scripts tell their values: Prometheus lines (<c>name{label="v"} value</c>, with <c># HELP</c> and
/// <c># TYPE</c> if they like), or one bare number. One bad line refuses the whole: half a script's values would mislead.
/// </summary>
static class PrometheusText
{
    const int MostSamples = 10_000;

    /// <param name="output">As printed.</param>
    /// <param name="bareName">The name under which one bare number is stored.</param>
    /// <exception cref="FormatException">Not such text; names the line, what was expected and what was found.</exception>
    public static PrintedMetrics Parse(ReadOnlySpan<byte> output, string bareName)
    {
        RefuseBinary(output);
        if (TryNumber(output.Trim("\r\n\t "u8), out double bare))
            return new([new(bareName, [], bare)], new Dictionary<string, string>(), new HashSet<string>());

        var samples = new List<PrintedSample>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var help = new Dictionary<string, string>(StringComparer.Ordinal);
        var counters = new HashSet<string>(StringComparer.Ordinal);
        for (int number = 1; output.TakeLine(out var line); number++)
        {
            line = line.Trim("\r\t "u8);
            if (line.IsEmpty)
                continue;
            if (line[0] == '#')
            {
                ParseComment(line, help, counters);
                continue;
            }
            var sample = ParseSample(line, number);
            if (!seen.Add(sample.Name
                + string.Concat(sample.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"\n{l.Key}={l.Value}"))))
                throw new FormatException($"line {number}: the series {TextScan.Quote(line)} is printed a second time; print each series once");
            if (samples.Count == MostSamples)
                throw new FormatException($"line {number}: more than {MostSamples} series; print fewer, or split the script");
            samples.Add(sample);
        }
        return new(samples, help, counters);
    }

    // # HELP name text    # TYPE name counter    # anything else
    static void ParseComment(ReadOnlySpan<byte> line, Dictionary<string, string> help, HashSet<string> counters)
    {
        line = line[1..];
        if (!line.TakeField(out var word) || !line.TakeField(out var name))
            return;
        var rest = line.Trim("\t "u8);
        if (word.SequenceEqual("HELP"u8))
            help[Encoding.UTF8.GetString(name)] = Encoding.UTF8.GetString(rest)
                .Replace("\\n", " ", StringComparison.Ordinal)
                .Replace(@"\\", @"\", StringComparison.Ordinal);
        else if (word.SequenceEqual("TYPE"u8) && rest.SequenceEqual("counter"u8))
            counters.Add(Encoding.UTF8.GetString(name));
    }

    static PrintedSample ParseSample(ReadOnlySpan<byte> line, int number)
    {
        int length = NameLength(line, colons: true);
        if (length == 0)
            throw Bad(number, "a metric's name (letters, digits, underscores, colons)", line);
        var name = Encoding.UTF8.GetString(line[..length]);
        var rest = line[length..].TrimStart("\t "u8);
        SampleAttribute[] labels = [];
        if (!rest.IsEmpty && rest[0] == '{')
            labels = ParseLabels(ref rest, number);
        else if (rest.Length == line.Length - length)
            throw Bad(number, "a blank and a value behind the name", rest);
        if (!rest.TakeField(out var field) || !TryNumber(field, out double value))
            throw Bad(number, "a number as the value", field);
        if (rest.TakeField(out var more))
            throw Bad(number, "the line's end (values hold for the moment the script runs, so leave timestamps out)", more);
        return new(name, labels, value);
    }

    static SampleAttribute[] ParseLabels(ref ReadOnlySpan<byte> rest, int number)
    {
        var labels = new List<SampleAttribute>();
        rest = rest[1..].TrimStart("\t "u8);
        while (rest.IsEmpty || rest[0] != '}')
        {
            int length = NameLength(rest, colons: false);
            if (length == 0)
                throw Bad(number, "a label's name", rest);
            var name = Encoding.UTF8.GetString(rest[..length]);
            rest = rest[length..].TrimStart("\t "u8);
            Expect(ref rest, '=', number);
            labels.Add(new(name, ParseQuoted(ref rest, number)));
            if (labels.FindIndex(l => l.Key == name) < labels.Count - 1)
                throw new FormatException($"line {number}: the label {name} comes twice");
            rest = rest.TrimStart("\t "u8);
            if (rest.IsEmpty || rest[0] != '}')
                Expect(ref rest, ',', number);
        }
        rest = rest[1..];
        return [.. labels];
    }

    static string ParseQuoted(ref ReadOnlySpan<byte> rest, int number)
    {
        Expect(ref rest, '"', number);
        var value = new List<byte>();
        while (!rest.IsEmpty && rest[0] != '"')
        {
            bool escaped = rest[0] == '\\' && rest.Length > 1;
            value.Add(escaped ? rest[1] == 'n' ? (byte)'\n' : rest[1] : rest[0]);
            rest = rest[(escaped ? 2 : 1)..];
        }
        if (rest.IsEmpty)
            throw Bad(number, "a closing quotation mark", rest);
        rest = rest[1..];
        return Encoding.UTF8.GetString([.. value]);
    }

    static void Expect(ref ReadOnlySpan<byte> rest, char sign, int number)
    {
        rest = rest.TrimStart("\t "u8);
        if (rest.IsEmpty || rest[0] != sign)
            throw Bad(number, $"the sign {sign}", rest);
        rest = rest[1..].TrimStart(sign == '"' ? default : "\t "u8);
    }

    static int NameLength(ReadOnlySpan<byte> text, bool colons)
    {
        int length = 0;
        while (length < text.Length && (char.IsAsciiLetter((char)text[length]) || text[length] == '_' || (colons && text[length] == ':')
            || (length > 0 && char.IsAsciiDigit((char)text[length]))))
            length++;
        return length;
    }

    static bool TryNumber(ReadOnlySpan<byte> text, out double value)
    {
        value = text switch
        {
            _ when text.SequenceEqual("+Inf"u8) || text.SequenceEqual("Inf"u8) => double.PositiveInfinity,
            _ when text.SequenceEqual("-Inf"u8) => double.NegativeInfinity,
            _ => double.NaN,
        };
        return !double.IsNaN(value) || text.SequenceEqual("NaN"u8)
            || (!text.IsEmpty
                && !char.IsAsciiLetter((char)text[^1])
                && Utf8Parser.TryParse(text, out value, out int used)
                && used == text.Length);
    }

    static void RefuseBinary(ReadOnlySpan<byte> output)
    {
        int at = output.IndexOfAnyInRange((byte)0, (byte)8);
        if (at >= 0)
            throw new FormatException($"text was expected, found a byte 0x{output[at]:x2} at position {at}; print lines like: name 1.5");
        if (!System.Text.Unicode.Utf8.IsValid(output))
            throw new FormatException("text in UTF-8 was expected, found other bytes; print names and labels in UTF-8");
    }

    static FormatException Bad(int number, string expected, ReadOnlySpan<byte> found) =>
        new($"line {number}: {expected} was expected, found {(found.IsEmpty ? "nothing" : TextScan.Quote(found))}; nothing of this output was stored");
}
