namespace Vigie.Hub.Advisories.Versions;

/// <summary>
/// Debian's versions, <c>[epoch:]upstream[-revision]</c>, ordered as deb-version(7) says. Bytes are compared, never letters of a language, and
/// nothing is allocated.
/// </summary>
static class DpkgVersion
{
    /// <summary>The largest epoch that dpkg takes.</summary>
    const int MostEpoch = int.MaxValue;

    /// <summary>Orders any two texts; one that is no version is taken as far as it can be.</summary>
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Split(a, out var epochA, out var upstreamA, out var revisionA);
        Split(b, out var epochB, out var upstreamB, out var revisionB);
        int order = Digits.Compare(epochA, epochB);
        if (order == 0)
            order = CompareParts(upstreamA, upstreamB);
        return order != 0 ? order : CompareParts(revisionA, revisionB);
    }

    /// <summary>The parts of a version; epoch and revision are empty when they are not told.</summary>
    public static void Split(ReadOnlySpan<byte> version, out ReadOnlySpan<byte> epoch, out ReadOnlySpan<byte> upstream,
        out ReadOnlySpan<byte> revision)
    {
        epoch = revision = default;
        upstream = version;
        int colon = version.IndexOf((byte)':');
        if (colon > 0 && !version[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            epoch = version[..colon];
            upstream = version[(colon + 1)..];
        }
        int hyphen = upstream.LastIndexOf((byte)'-');
        if (hyphen >= 0)
        {
            revision = upstream[(hyphen + 1)..];
            upstream = upstream[..hyphen];
        }
    }

    /// <summary>What is wrong with a version: null when nothing is. Some of it dpkg takes with a warning, the rest it refuses.</summary>
    public static (string Reason, bool IsError)? Fault(ReadOnlySpan<byte> version)
    {
        version = version.Trim(" \t\n\r\f\v"u8);
        if (version.IsEmpty)
            return ("it is empty", true);
        if (version.ContainsAny(" \t\n\r\f\v"u8))
            return ("it holds a blank", true);
        int colon = version.IndexOf((byte)':');
        var rest = version;
        if (colon >= 0)
        {
            if (colon == 0)
                return ("its epoch is empty", true);
            if (version[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return ("its epoch is no number", true);
            if (!int.TryParse(version[..colon], out _))
                return ($"its epoch is larger than {MostEpoch}", true);
            rest = version[(colon + 1)..];
        }
        int hyphen = rest.LastIndexOf((byte)'-');
        var upstream = hyphen >= 0 ? rest[..hyphen] : rest;
        var revision = hyphen >= 0 ? rest[(hyphen + 1)..] : default;
        if (hyphen >= 0 && revision.IsEmpty)
            return ("its revision is empty", true);
        if (upstream.IsEmpty)
            return ("it has an epoch or a revision, but no version", true);
        if (!char.IsAsciiDigit((char)upstream[0]))
            return ("it does not begin with a digit", false);
        if (!AreAll(upstream, ".-+~:"u8))
            return ("it holds a character that no version has", false);
        return AreAll(revision, ".+~"u8) ? null : ("its revision holds a character that no revision has", false);
    }

    static bool AreAll(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signs)
    {
        foreach (byte c in text)
            if (!char.IsAsciiLetterOrDigit((char)c) && !signs.Contains(c))
                return false;
        return true;
    }

    /// <summary>Runs of what is no digit and runs of digits in turn.</summary>
    static int CompareParts(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        while (!a.IsEmpty || !b.IsEmpty)
        {
            while (IsSign(a) || IsSign(b))
            {
                int order = Weight(a) - Weight(b);
                if (order != 0)
                    return order;
                a = a[1..];
                b = b[1..];
            }
            int numbers = Digits.Compare(Digits.Take(ref a), Digits.Take(ref b));
            if (numbers != 0)
                return numbers;
        }
        return 0;
    }

    static bool IsSign(ReadOnlySpan<byte> text) => !text.IsEmpty && !char.IsAsciiDigit((char)text[0]);

    /// <summary>A tilde comes before the end, letters behind it, and every other sign behind all letters.</summary>
    static int Weight(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit((char)text[0]))
            return 0;
        byte c = text[0];
        return c == '~' ? -1 : char.IsAsciiLetter((char)c) ? c : c + 256;
    }
}
