using System.Buffers.Text;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>Takes the kernel's text files apart: lines, fields between blanks, numbers. Each call shortens the text by what it
/// took.</summary>
static class TextScan
{
    public static bool TakeLine(this ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (text.IsEmpty)
            return false;
        int end = text.IndexOf((byte)'\n');
        line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return true;
    }

    public static bool TakeField(this ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> field)
    {
        line = line.TrimStart(" \t"u8);
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        field = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[end..];
        return !field.IsEmpty;
    }

    public static bool SkipFields(this ref ReadOnlySpan<byte> line, int count)
    {
        while (count-- > 0)
            if (!line.TakeField(out _))
                return false;
        return true;
    }

    /// <summary>The next field as a whole number.</summary>
    /// <param name="line">Shortened by the field.</param>
    /// <param name="source">The file's name, for the message.</param>
    /// <exception cref="FormatException">The line has ended, or the field is no number.</exception>
    public static ulong TakeNumber(this ref ReadOnlySpan<byte> line, string source)
    {
        if (!line.TakeField(out var field))
            throw new FormatException($"{source}: a number was expected where a line ends");
        return Utf8Parser.TryParse(field, out ulong number, out int used) && used == field.Length
            ? number
            : throw new FormatException($"{source}: a number was expected, found {Quote(field)}");
    }

    /// <summary>The same for a number with a fraction.</summary>
    public static double TakeDecimal(this ref ReadOnlySpan<byte> line, string source)
    {
        if (!line.TakeField(out var field))
            throw new FormatException($"{source}: a number was expected where a line ends");
        return Utf8Parser.TryParse(field, out double number, out int used) && used == field.Length
            ? number
            : throw new FormatException($"{source}: a number was expected, found {Quote(field)}");
    }

    /// <summary>The number, with a sign perhaps, that is all there is in a small file.</summary>
    public static long OnlyNumber(this ReadOnlySpan<byte> text, string source)
    {
        text.TakeLine(out var line);
        line = line.Trim(" \t\r"u8);
        return Utf8Parser.TryParse(line, out long number, out int used) && used == line.Length
            ? number
            : throw new FormatException($"{source}: a number was expected, found {Quote(line)}");
    }

    /// <summary>The number behind a key at a line's start (<c>MemTotal:  1024 kB</c>); null when no line has the key.</summary>
    public static ulong? NumberOf(this ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, string source)
    {
        while (text.TakeLine(out var line))
            if (line.TakeField(out var first) && first.SequenceEqual(key))
                return line.TakeNumber(source);
        return null;
    }

    /// <summary>Bytes from outside as they may appear in a message: short, and without control characters.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 60)]);
        return '"' + string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) + (bytes.Length > 60 ? "…\"" : "\"");
    }
}
