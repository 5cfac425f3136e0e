using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigie.Hub.Advisories;

/// <summary>Texts from feeds: cleaned when they come in, so that no page, mail or terminal has to mistrust their characters.</summary>
static partial class OutsideText
{
    const int LongestLink = 2000;

    /// <summary>One line: white space collapsed, invisible and direction-changing characters gone, cut at
    /// <paramref name="most"/>.</summary>
    public static string Line(string? text, int most = 500)
    {
        var clean = new StringBuilder();
        bool space = false;
        foreach (char c in text ?? "")
        {
            if (char.IsWhiteSpace(c))
                space = clean.Length > 0;
            else if (!IsHidden(c))
            {
                if (space)
                    clean.Append(' ');
                clean.Append(c);
                space = false;
            }
        }
        if (clean.Length <= most)
            return clean.ToString();
        int end = char.IsHighSurrogate(clean[most - 2]) ? most - 2 : most - 1;
        return clean.ToString(0, end) + '…';
    }

    /// <summary>Several lines, otherwise as <see cref="Line"/>, never cut: its document is bounded.</summary>
    public static string Block(string? text)
    {
        var clean = new StringBuilder((text ?? "").Length);
        foreach (char c in (text ?? "").ReplaceLineEndings("\n"))
            if (c is '\n' or '\t' || !IsHidden(c))
                clean.Append(c);
        return clean.ToString().Trim();
    }

    /// <summary>A web address that may become a link; null for every other scheme and for what is no address.</summary>
    public static string? Link(string? url) =>
        Uri.TryCreate(url?.Trim(), UriKind.Absolute, out var uri)
            && uri.Scheme is ("http" or "https")
            && uri.UserInfo.Length == 0
            && uri.AbsoluteUri.Length <= LongestLink
            ? uri.AbsoluteUri
            : null;

    /// <summary>For searching: lower case, without the accents of French.</summary>
    public static string Fold(string text) => string.Create(text.Length, text, (span, from) =>
    {
        for (int i = 0; i < from.Length; i++)
            span[i] = char.ToLowerInvariant(from[i]) switch
            {
                'à' or 'â' or 'ä' => 'a',
                'ç' => 'c',
                'é' or 'è' or 'ê' or 'ë' => 'e',
                'î' or 'ï' => 'i',
                'ô' or 'ö' => 'o',
                'ù' or 'û' or 'ü' => 'u',
                '’' => '\'',
                var c => c,
            };
    });

    /// <summary>Markdown as people read it in a plain mail: marks and tags gone, the words kept.</summary>
    public static string Plain(string markdown)
    {
        string text = Tag().Replace(markdown, "");
        text = Heading().Replace(text, "");
        text = Link()
            .Replace(text, m => m.Groups["url"].Value == m.Groups["text"].Value
                ? m.Groups["text"].Value
                : $"{m.Groups["text"].Value} ({m.Groups["url"].Value})");
        text = text.Replace("**", "", StringComparison.Ordinal);
        return Escape().Replace(text, "${mark}").Trim();
    }

    /// <summary>Bidi controls, zero-width characters, control characters, lone surrogates' place holders.</summary>
    static bool IsHidden(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;

    [GeneratedRegex(@"</?[a-zA-Z][^<>]{0,200}>", RegexOptions.None, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"^#{1,6}\s+", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(?<!\\)\[(?<text>[^\[\]\n]{1,200})\]\((?<url>[^()\s]{1,500})\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\\(?<mark>[!-/:-@\[-`{-~])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escape();
}
