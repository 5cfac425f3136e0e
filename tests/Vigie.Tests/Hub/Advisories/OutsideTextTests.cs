using CsCheck;
using Vigie.Hub.Advisories;

namespace Vigie.Tests.Hub.Advisories;

public sealed class OutsideTextTests
{
    [Theory]
    [InlineData("**[Mise à jour du 5 mars]**\n\nDans *X* \\[1\\]", "[Mise à jour du 5 mars]\n\nDans *X* [1]")]
    [InlineData("## Solution\n\nVoir [ici](https://example.org/x).", "Solution\n\nVoir ici (https://example.org/x).")]
    [InlineData("<p style=\"x\">Un <b>mot</b></p> a < b > c", "Un mot a < b > c")]
    [InlineData("[https://a.example](https://a.example)", "https://a.example")]
    public void Markdown_is_read_as_words(string markdown, string plain) => Assert.Equal(plain, OutsideText.Plain(markdown));

    [Fact]
    public void A_search_does_not_mind_accents_and_case() =>
        Assert.Equal("elevation de privileges, l'oe a zurich", OutsideText.Fold("ÉLÉVATION de privilèges, l’oe à Zürich"));

    [Fact]
    public void A_cut_leaves_no_half_character() => Assert.Equal("ab…", OutsideText.Line("ab😀cd", 4));

    [Fact]
    public void No_text_comes_out_with_a_control_or_direction_character() => Gen.String.Sample(text =>
        Assert.DoesNotContain(OutsideText.Line(text) + OutsideText.Block(text), c => (char.IsControl(c) && c is not ('\n' or '\t'))
            || c is '\u202e' or '\u200f' or '\u2066'),
            iter: 2000);

    [Fact]
    public void Any_text_can_be_made_plain() =>
        Gen.String[Gen.Char["[]()<>\\*#ab !\n"], 0, 200].Sample(text => OutsideText.Plain(text).Length <= text.Length + 20, iter: 2000);
}
