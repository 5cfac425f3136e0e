using Vigie.Hub.Advisories.Feeds;

namespace Vigie.Tests.Hub.Advisories;

public sealed class CertFrReferenceTests
{
    [Theory]
    [InlineData("CERTFR-2026-AVI-0123", "AVI", 2026, 123)]
    [InlineData("CERTFR-2022-AVI-996", "AVI", 2022, 996)]
    [InlineData("certfr-2022-avi-1101", "AVI", 2022, 1101)]
    [InlineData("CERTFR-2026-AVI-12345", "AVI", 2026, 12345)]
    [InlineData(" CERTA-2003-ALE-004 ", "ALE", 2003, 4)]
    [InlineData("CERTFR-2026-ACT-046", "ACT", 2026, 46)]
    public void References_have_three_to_five_digits(string text, string type, int year, int number)
    {
        var reference = CertFrReference.Parse(text)!;
        Assert.Equal((type, year, number, text.Trim().ToUpperInvariant()),
            (reference.Type, reference.Year, reference.Number, reference.Text));
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("CERTFR-2026-AVI-12"), InlineData("CERTFR-2026-AVI-123456"),
        InlineData("CERTFR-26-AVI-0001")]
    [InlineData("CERTFR-2026-XXX-001"), InlineData("CERTFR-2026-AVI-0001/../.."), InlineData("CERTFR-2026-AVI-٠٠٠١"),
        InlineData("CERTFR-2026-AVI-0001\nX")]
    public void Anything_else_is_none(string? text) => Assert.Null(CertFrReference.Parse(text));

    [Fact]
    public void The_type_comes_from_the_links_path()
    {
        Assert.Equal("ALE", CertFrReference.FromLink("https://www.cert.ssi.gouv.fr/alerte/CERTFR-2026-ALE-011/")!.Type);
        Assert.Equal("ACT", CertFrReference.FromLink("http://mirror.example.org/x/actualite/CERTFR-2026-ACT-046")!.Type);
        Assert.Null(CertFrReference.FromLink("https://www.cert.ssi.gouv.fr/avis/CERTFR-2026-ALE-011/"));
        Assert.Null(CertFrReference.FromLink("https://www.cert.ssi.gouv.fr/?p=/avis/CERTFR-2026-AVI-0001/"));
        Assert.Null(CertFrReference.FromLink("javascript:alert(1)"));
    }

    [Fact]
    public void Only_advisories_and_alerts_have_records()
    {
        Assert.Equal("/avis/CERTFR-2026-AVI-0123/json/", CertFrReference.Parse("CERTFR-2026-AVI-0123")!.DetailPath);
        Assert.Equal("/alerte/CERTFR-2026-ALE-011/json/", CertFrReference.Parse("CERTFR-2026-ALE-011")!.DetailPath);
        Assert.Null(CertFrReference.Parse("CERTFR-2026-ACT-046")!.DetailPath);
    }

    [Fact]
    public void They_are_ordered_by_number_not_as_text() =>
        Assert.True(CertFrReference.Parse("CERTFR-2022-AVI-1000")!.Rank > CertFrReference.Parse("CERTFR-2022-AVI-996")!.Rank);
}
