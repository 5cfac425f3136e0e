using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Vigie.Hub.Advisories;

/// <summary>
/// The form in which two fetches of one advisory are compared. Sources reorder their arrays and let the hours of dates
/// drift without any change of what is said; here white space is one, dates are days and lists are sorted.
/// </summary>
static class CanonicalForm
{
    public static byte[] Hash(Advisory advisory)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var (name, values) in Parts(advisory))
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                foreach (string value in values)
                    json.WriteStringValue(value);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        return SHA256.HashData(buffer.WrittenSpan);
    }

    /// <summary>What became different, empty when nothing did.</summary>
    public static IReadOnlyList<ChangeKind> Differences(Advisory before, Advisory after)
    {
        var kinds = new SortedSet<ChangeKind>();
        if (before.Detail != after.Detail)
            kinds.Add(ChangeKind.Detail);
        if (after.Cves.Except(before.Cves, StringComparer.Ordinal).Any())
            kinds.Add(ChangeKind.CvesAdded);
        if (before.Cves.Except(after.Cves, StringComparer.Ordinal).Any())
            kinds.Add(ChangeKind.CvesRemoved);
        if (before.Closed is null && after.Closed is not null)
            kinds.Add(ChangeKind.Closed);
        else if (before.Closed is not null && after.Closed is null)
            kinds.Add(ChangeKind.Reopened);
        else if (before.Closed != after.Closed)
            kinds.Add(ChangeKind.Text);
        foreach (var ((name, old), (_, now)) in Parts(before).Zip(Parts(after)))
            if (!old.SequenceEqual(now, StringComparer.Ordinal) && KindOf(name) is { } kind)
                kinds.Add(kind);
        return [.. kinds];
    }

    static ChangeKind? KindOf(string part) => part switch
    {
        "affected" => ChangeKind.Affected,
        "risks" => ChangeKind.Risk,
        "revisions" => ChangeKind.Revision,
        "text" or "links" => ChangeKind.Text,
        _ => null,
    };

    static IEnumerable<(string Name, IReadOnlyList<string> Values)> Parts(Advisory a) =>
    [
        ("reference", [a.Reference, a.Detail.ToString(), a.Closed is { } closed ? Day(closed) : ""]),
        ("text", [One(a.Title), One(a.Summary), One(a.Content)]),
        ("affected", [One(a.AffectedText), .. Sorted(a.Affected.Select(s => Join(s.Vendor, s.Product, s.Description)))]),
        ("cves", Sorted(a.Cves)),
        ("risks", Sorted(a.Risks.Select(One))),
        ("links", Sorted(a.Links.Select(l => Join(l.IsVendor ? "vendor" : "", l.Url ?? "", l.Title, l.Date is { } date ? Day(date) : "")))),
        ("revisions", Sorted(a.Revisions.Select(r => Join(r.Date is { } date ? Day(date) : "", r.Description)))),
    ];

    static string[] Sorted(IEnumerable<string> values) => [.. values.Order(StringComparer.Ordinal)];

    /// <summary>The separator is a control character: no cleaned text holds one.</summary>
    static string Join(params ReadOnlySpan<string> parts)
    {
        string[] one = new string[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            one[i] = One(parts[i]);
        return string.Join('\u001f', one);
    }

    static string One(string text) => OutsideText.Line(text, int.MaxValue);

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd");
}

/// <summary>In what an advisory has changed.</summary>
enum ChangeKind
{
    CvesAdded, CvesRemoved, Affected, Risk, Text, Revision, Closed, Reopened,

    /// <summary>Its detail, missing before, has come.</summary>
    Detail,
}

enum SaveOutcome { New, Changed, Same }

/// <summary>What storing an advisory came to.</summary>
readonly record struct AdvisoryChange(SaveOutcome Outcome, IReadOnlyList<ChangeKind> Kinds);
