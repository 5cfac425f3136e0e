using System.Text;

namespace Vigie.Hub.Advisories.Versions;

/// <summary>A row that is not as the table says.</summary>
readonly record struct VersionFailure(int Line, string Row, string Got);

/// <summary>
/// A table of cases, one a line, fields parted by tabs; a line that begins with <c>#</c> is a comment, and a header may stand first. Four shapes,
/// seen row by row: <c>a, op, b</c> with <c>&lt; = &gt;</c> and the prefix operators <c>~ !~ &lt;~ &gt;~</c>; <c>version, valid|invalid</c>;
/// <c>version, reason, error|warning</c>; <c>version, epoch, upstream, revision</c>.
/// </summary>
static class VersionTable
{
    static readonly string[] Operators = ["<", "=", ">", "~", "!~", "<~", ">~"];

    public static (int Passed, IReadOnlyList<VersionFailure> Failures) Run(VersionScheme scheme, IEnumerable<string> lines)
    {
        int passed = 0, number = 0;
        bool isFirst = true;
        var failures = new List<VersionFailure>();
        foreach (string line in lines.Select(l => l.TrimEnd('\r')))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            string[] fields = line.Split('\t');
            bool isHeader = isFirst && (fields is ["a", "op", ..] or ["version", ..]);
            isFirst = false;
            if (isHeader)
                continue;
            if (Check(scheme, fields) is { } got)
                failures.Add(new(number, line.Replace('\t', ' '), got));
            else
                passed++;
        }
        return (passed, failures);
    }

    /// <summary>Null when it is as the row says.</summary>
    static string? Check(VersionScheme scheme, string[] fields)
    {
        if (fields.Length >= 3 && Operators.Contains(fields[1], StringComparer.Ordinal))
            return CheckOrder(scheme, Bytes(fields[0]), fields[1], Bytes(fields[2]));
        if (fields is [var text, "valid" or "invalid", ..])
        {
            bool valid = scheme.IsValid(Bytes(text));
            return valid == (fields[1] == "valid") ? null : valid ? "valid" : "invalid";
        }
        if (fields is [_, _, "error" or "warning", ..])
            return CheckFault(scheme, Bytes(fields[0]), fields[2]);
        return fields.Length >= 4 ? CheckParts(scheme, fields)
            : "a row that is none: fields are parted by tabs, such as 1.0 < 1.1";
    }

    static string? CheckOrder(VersionScheme scheme, byte[] a, string op, byte[] b)
    {
        bool isFuzzy = op.Contains('~');
        if (isFuzzy && scheme != VersionScheme.Apk)
            return $"{scheme.Name} has no operator {op}";
        int order = isFuzzy ? ApkVersion.CompareFuzzy(a, b) : scheme.Compare(a, b);
        int back = isFuzzy ? -order : scheme.Compare(b, a);
        if (Math.Sign(order) != -Math.Sign(back))
            return "the other order when they are swapped";
        bool holds = op switch
        {
            "=" or "~" => order == 0,
            "!~" => order != 0,
            "<" or "<~" => order < 0,
            _ => order > 0,
        };
        return holds ? null : order < 0 ? "<" : order > 0 ? ">" : "=";
    }

    static string? CheckFault(VersionScheme scheme, byte[] version, string severity)
    {
        if (scheme != VersionScheme.Dpkg)
            return scheme.IsValid(version) ? "valid" : null;
        return DpkgVersion.Fault(version) is not { } fault ? "valid"
            : fault.IsError == (severity == "error") ? null : $"{(fault.IsError ? "error" : "warning")}: {fault.Reason}";
    }

    static string? CheckParts(VersionScheme scheme, string[] fields)
    {
        ReadOnlySpan<byte> epoch, version, revision;
        if (scheme == VersionScheme.Dpkg)
            DpkgVersion.Split(Bytes(fields[0]), out epoch, out version, out revision);
        else if (scheme == VersionScheme.RpmEvr)
            RpmVersion.Split(Bytes(fields[0]), out epoch, out version, out revision, out _);
        else
            return $"versions of {scheme.Name} have no such parts";
        bool holds = Digits.Compare(epoch, Bytes(fields[1])) == 0 && version.SequenceEqual(Bytes(fields[2]))
            && revision.SequenceEqual(Bytes(fields[3]));
        return holds ? null : $"{Text(epoch)} {Text(version)} {Text(revision)}";
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
