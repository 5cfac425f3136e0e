using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Reading;

public sealed class Lz4StreamTests
{
    // Made by the lz4 program: version 1, blocks apart, content checksum.
    const string Head = "04224D186440A7";

    static string Unpack(string hex)
    {
        using var reader = new StreamReader(new Lz4Stream(new MemoryStream(Convert.FromHexString(hex))), Encoding.ASCII);
        return reader.ReadToEnd();
    }

    [Fact]
    public void Literals_and_matches_that_overlap_themselves_are_unpacked()
    {
        // "ab" and a match of 4 + 6 bytes at distance 2, then the literal "c"; then a stored block "xyz"
        Assert.Equal("ababababababcxyz", Unpack(Head + "07000000" + "26616202001063" + "03000080" + "78797A" + "00000000" + "00000000"));
        Assert.Equal("", Unpack(""));
    }

    [Theory]
    [InlineData("00000000000000")]
    [InlineData(Head + "FFFFFF7F00")]
    [InlineData(Head + "03000000" + "0F0000")]
    [InlineData(Head + "05000000" + "1061050000")]
    public void What_is_no_lz4_or_damaged_is_refused(string hex) => Assert.Throws<InvalidDataException>(() => Unpack(hex));

    [Fact]
    public void A_file_that_ends_early_is_told() => Assert.Throws<EndOfStreamException>(() => Unpack(Head + "09000000" + "26"));
}
