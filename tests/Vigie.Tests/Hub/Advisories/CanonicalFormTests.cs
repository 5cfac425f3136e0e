using Vigie.Hub.Advisories;

namespace Vigie.Tests.Hub.Advisories;

public sealed class CanonicalFormTests
{
    static readonly Advisory One = new()
    {
        Feed = "CertFr",
        Reference = "CERTFR-2026-ALE-001",
        Type = "ALE",
        Title = "Faille dans X",
        Url = "https://example.org/",
        First = new(2026, 1, 2),
        Last = new(2026, 1, 3),
        Detail = DetailState.Full,
        Summary = "un  texte\n\nici",
        Risks = ["a", "b"],
        Cves = ["CVE-2026-0001", "CVE-2026-0002"],
        Affected = [new("v", "p", "d"), new("v", "p2", "d2")],
        Links = [new("t", "https://example.org/1", null, false), new("t2", null, new(2026, 1, 1), true)],
        Revisions = [new(new(2026, 1, 2), "Version initiale"), new(new(2026, 1, 3), "suite")],
    };

    static void Same(Advisory other)
    {
        Assert.Equal(CanonicalForm.Hash(One), CanonicalForm.Hash(other));
        Assert.Empty(CanonicalForm.Differences(One, other));
    }

    [Fact]
    public void Order_and_white_space_are_no_change()
    {
        Same(One with
        {
            Cves = [.. One.Cves.Reverse()],
            Risks = ["b", "a"],
            Affected = [.. One.Affected.Reverse()],
            Links = [.. One.Links.Reverse()],
            Revisions = [.. One.Revisions.Reverse()],
        });
        Same(One with { Summary = " un texte ici ", Title = "Faille  dans X" });
    }

    public static TheoryData<string, string> Changes => new()
    {
        { "cves+", "CvesAdded" }, { "cves-", "CvesRemoved" }, { "cves", "CvesAdded,CvesRemoved" }, { "affected", "Affected" },
        { "affected text", "Affected" }, { "risk", "Risk" }, { "text", "Text" },
        { "link", "Text" }, { "revision", "Revision" }, { "closed", "Closed" }, { "stub", "Detail" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_change_has_its_kind(string change, string kinds)
    {
        var after = change switch
        {
            "cves+" => One with { Cves = [.. One.Cves, "CVE-2026-0003"] },
            "cves-" => One with { Cves = ["CVE-2026-0001"] },
            "cves" => One with { Cves = ["CVE-2026-0001", "CVE-2026-0009"] },
            "affected" => One with { Affected = [new("v", "p", "d")] },
            "affected text" => One with { AffectedText = "x" },
            "risk" => One with { Risks = ["a"] },
            "text" => One with { Content = "neuf" },
            "link" => One with { Links = [new("t", "https://example.org/2", null, false), One.Links[1]] },
            "revision" => One with { Revisions = [.. One.Revisions, new(new(2026, 1, 4), "Clôture")] },
            "closed" => One with { Closed = new(2026, 2, 1) },
            _ => One with { Detail = DetailState.Missing },
        };
        Assert.NotEqual(CanonicalForm.Hash(One), CanonicalForm.Hash(after));
        Assert.Equal(kinds, string.Join(',', CanonicalForm.Differences(One, after)));
    }

    [Fact]
    public void An_alert_can_be_reopened() =>
        Assert.Equal([ChangeKind.Reopened], CanonicalForm.Differences(One with { Closed = new(2026, 2, 1) }, One));
}
