namespace Vigie.Hub.Advisories.Versions;

/// <summary>RPM's versions. Bytes are compared and nothing is allocated.</summary>
static class RpmVersion
{
    /// <summary>
    /// One part, a version or a release: segments of digits or of letters, what is between them does not count. <c>~</c> comes before
    /// everything, the end too; <c>^</c> comes behind the end, and before anything else that follows.
    /// </summary>
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        while (true)
        {
            a = SkipSeparators(a);
            b = SkipSeparators(b);
            bool tildeA = StartsWith(a, '~'), tildeB = StartsWith(b, '~');
            if (tildeA || tildeB)
            {
                if (tildeA != tildeB)
                    return tildeA ? -1 : 1;
                a = a[1..];
                b = b[1..];
                continue;
            }
            bool caretA = StartsWith(a, '^'), caretB = StartsWith(b, '^');
            if (caretA || caretB)
            {
                if (a.IsEmpty || b.IsEmpty)
                    return a.IsEmpty ? -1 : 1;
                if (caretA != caretB)
                    return caretA ? -1 : 1;
                a = a[1..];
                b = b[1..];
                continue;
            }
            if (a.IsEmpty || b.IsEmpty)
                return b.IsEmpty.CompareTo(a.IsEmpty);
            int order = CompareSegments(ref a, ref b);
            if (order != 0)
                return order;
        }
    }

    /// <summary><c>[epoch:]version[-release]</c>. No epoch is 0; what has no release comes before what has one.</summary>
    public static int CompareEvr(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Split(a, out var epochA, out var versionA, out var releaseA, out bool hasReleaseA);
        Split(b, out var epochB, out var versionB, out var releaseB, out bool hasReleaseB);
        int order = Digits.Compare(epochA, epochB);
        if (order == 0)
            order = Compare(versionA, versionB);
        if (order == 0)
            order = hasReleaseA.CompareTo(hasReleaseB);
        return order != 0 ? order : Compare(releaseA, releaseB);
    }

    public static void Split(ReadOnlySpan<byte> evr, out ReadOnlySpan<byte> epoch, out ReadOnlySpan<byte> version,
        out ReadOnlySpan<byte> release, out bool hasRelease)
    {
        epoch = release = default;
        version = evr;
        int colon = evr.IndexOf((byte)':');
        if (colon >= 0 && !evr[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            epoch = evr[..colon];
            version = evr[(colon + 1)..];
        }
        int hyphen = version.LastIndexOf((byte)'-');
        hasRelease = hyphen >= 0;
        if (!hasRelease)
            return;
        release = version[(hyphen + 1)..];
        version = version[..hyphen];
    }

    static int CompareSegments(ref ReadOnlySpan<byte> a, ref ReadOnlySpan<byte> b)
    {
        if (!char.IsAsciiDigit((char)a[0]))
            return char.IsAsciiDigit((char)b[0]) ? -1 : TakeLetters(ref a).SequenceCompareTo(TakeLetters(ref b));
        return char.IsAsciiDigit((char)b[0]) ? Digits.Compare(Digits.Take(ref a), Digits.Take(ref b)) : 1;
    }

    static ReadOnlySpan<byte> TakeLetters(ref ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && char.IsAsciiLetter((char)text[length]))
            length++;
        var letters = text[..length];
        text = text[length..];
        return letters;
    }

    static ReadOnlySpan<byte> SkipSeparators(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && !char.IsAsciiLetterOrDigit((char)text[length]) && text[length] is not ((byte)'~' or (byte)'^'))
            length++;
        return text[length..];
    }

    static bool StartsWith(ReadOnlySpan<byte> text, char c) => !text.IsEmpty && text[0] == c;
}
