using System.Globalization;
using System.Text;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>Texts as the services take them: within their bounds, and with nothing in them that means something there.</summary>
static class ChatText
{
    /// <summary>Not to be seen, but enough that a word is no mention and three marks are no fence.</summary>
    const string Gap = "\u200b";

    /// <summary>
    /// The text with each sign escaped, cut at a whole sign where it would be longer than that, and then ended by an ellipsis.
    /// </summary>
    /// <param name="most">Most UTF-16 units; or bytes of UTF-8.</param>
    public static string Fit(string text, int most, Func<Rune, string>? escape = null, bool bytes = false)
    {
        const string Ellipsis = "…";
        var fitted = new StringBuilder();
        int length = 0, whole = 0;
        int room = most - Size(Ellipsis);
        foreach (var rune in Clean(text))
        {
            string sign = escape is null ? rune.ToString() : escape(rune);
            length += Size(sign);
            if (length > most)
                return fitted.ToString(0, whole) + Ellipsis;
            fitted.Append(sign);
            if (length <= room)
                whole = fitted.Length;
        }
        return fitted.ToString();

        int Size(string sign) => bytes ? Encoding.UTF8.GetByteCount(sign) : sign.Length;
    }

    /// <summary>One line, for titles and headers.</summary>
    public static string Line(string text, int most, Func<Rune, string>? escape = null, bool bytes = false) =>
        Fit(string.Join(' ', text.Split(['\r', '\n', '\t', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries)), most, escape, bytes);

    /// <summary>For Markdown outside of a code block: every sign that could mean something is quoted, and no word is a mention.</summary>
    public static string Markdown(Rune sign) => sign.Value switch
    {
        '@' => "@" + Gap,
        '\\' or '*' or '_' or '~' or '`' or '|' or '>' or '<' or '#' or '[' or ']' or '(' or ')' or '-' or '+' or '!' or ':' => $"\\{sign}",
        _ => sign.ToString(),
    };

    /// <summary>For the inside of a code block of Markdown, where nothing but its end means something.</summary>
    public static string Code(Rune sign) => sign.Value == '`' ? "`" + Gap : sign.ToString();

    /// <summary>For Slack, whose mentions and links all begin with a less-than sign.</summary>
    public static string Slack(Rune sign) => sign.Value switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '`' => "`" + Gap,
        '*' or '_' or '~' => Gap + sign + Gap,
        _ => sign.ToString(),
    };

    public static string Html(Rune sign) => sign.Value switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        _ => sign.ToString(),
    };

    /// <summary>Without what steers a screen: controls, and signs that turn the direction of writing.</summary>
    static IEnumerable<Rune> Clean(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value == '\n' || !(Rune.IsControl(rune) || rune.Value is (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                yield return rune;
    }
}
