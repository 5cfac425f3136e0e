using System.Globalization;

namespace Vigie.Agent.Reading;

/// <summary>The order of Debian's version numbers, <c>[epoch:]upstream[-revision]</c>, as dpkg defines it (deb-version(7)).</summary>
static class DebianVersion
{
    /// <returns>Less than, equal to or greater than zero, as the first is older, the same or newer.</returns>
    public static int Compare(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        int byEpoch = TakeEpoch(ref first).CompareTo(TakeEpoch(ref second));
        if (byEpoch != 0)
            return byEpoch;
        ReadOnlySpan<char> firstRevision = TakeRevision(ref first), secondRevision = TakeRevision(ref second);
        int byUpstream = ComparePart(first, second);
        return byUpstream != 0 ? byUpstream : ComparePart(firstRevision, secondRevision);
    }

    static int TakeEpoch(ref ReadOnlySpan<char> version)
    {
        int colon = version.IndexOf(':');
        if (colon < 0)
            return 0;
        var epoch = version[..colon];
        version = version[(colon + 1)..];
        return int.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    static ReadOnlySpan<char> TakeRevision(ref ReadOnlySpan<char> version)
    {
        int dash = version.LastIndexOf('-');
        if (dash < 0)
            return default;
        var revision = version[(dash + 1)..];
        version = version[..dash];
        return revision;
    }

    /// <summary>Text and numbers in turns: text by its characters (a tilde before the end, letters before signs), numbers by
    /// value.</summary>
    public static int ComparePart(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        int i = 0, j = 0;
        while (i < first.Length || j < second.Length)
        {
            while ((i < first.Length && !char.IsAsciiDigit(first[i])) || (j < second.Length && !char.IsAsciiDigit(second[j])))
            {
                int byCharacter = Weight(first, i++) - Weight(second, j++);
                if (byCharacter != 0)
                    return byCharacter;
            }
            ReadOnlySpan<char> number = TakeNumber(first, ref i), other = TakeNumber(second, ref j);
            // Without leading zeros the longer number is the greater one, however long.
            int byNumber = number.Length != other.Length ? number.Length - other.Length : number.SequenceCompareTo(other);
            if (byNumber != 0)
                return byNumber;
        }
        return 0;
    }

    static ReadOnlySpan<char> TakeNumber(ReadOnlySpan<char> text, ref int at)
    {
        int begin = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text[begin..at].TrimStart('0');
    }

    static int Weight(ReadOnlySpan<char> text, int at) => at >= text.Length || char.IsAsciiDigit(text[at]) ? 0
        : text[at] == '~' ? -1
        : char.IsAsciiLetter(text[at]) ? text[at]
        : text[at] + 256;
}
