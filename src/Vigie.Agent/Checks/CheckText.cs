using System.Text;

namespace Vigie.Agent.Checks;

/// <summary>Text that a check printed, made fit to be stored and shown: bounded, and without what a terminal obeys.</summary>
static class CheckText
{
    public const int LongestLine = 1000, LongestDetails = 8000, LongestLabel = 120;

    /// <summary>The text of an output.</summary>
    /// <exception cref="FormatException">It is no text.</exception>
    public static string Decode(ReadOnlySpan<byte> output)
    {
        int at = output.IndexOfAnyInRange((byte)0, (byte)8);
        return at < 0 ? Encoding.UTF8.GetString(output) // what is no UTF-8 becomes a sign of replacement: one odd letter hides no result
            : throw new FormatException($"text was expected, found a byte 0x{output[at]:x2} at position {at}");
    }

    public static string Line(string text) => Bounded(Clean(text, keepLines: false), LongestLine);

    public static string Details(string text) => Bounded(Clean(text, keepLines: true), LongestDetails);

    public static string Label(string text) => Bounded(Clean(text, keepLines: false), LongestLabel);

    static string Clean(string text, bool keepLines) =>
        string.Create(text.Length, (text, keepLines), static (to, from) =>
        {
            for (int i = 0; i < to.Length; i++)
                to[i] = from.text[i] is var c && char.IsControl(c) && !(c == '\n' && from.keepLines) ? ' ' : c;
        }).Trim();

    static string Bounded(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
}
