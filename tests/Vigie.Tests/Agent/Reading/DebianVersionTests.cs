using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Reading;

public sealed class DebianVersionTests
{
    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1.0", "0:1.0")]
    [InlineData("1.0", "1.0-0")]
    [InlineData("1.007", "1.7")]
    public void Versions_that_differ_in_writing_alone_are_equal(string first, string second)
    {
        Assert.Equal(0, DebianVersion.Compare(first, second));
        Assert.Equal(0, DebianVersion.Compare(second, first));
    }

    /// <summary>The rules of deb-version(7), and versions that were really released one after the other.</summary>
    [Theory]
    [InlineData("1.0~rc1", "1.0")]
    [InlineData("1.0~~", "1.0~~a")]
    [InlineData("1.0~~a", "1.0~")]
    [InlineData("1.0", "1.0a")]
    [InlineData("1.0a", "1.0+")]
    [InlineData("1.9", "1.10")]
    [InlineData("2.0", "1:1.0")]
    [InlineData("1.0-1", "1.0-1.1")]
    [InlineData("1.0-9", "1.0.1-1")]
    [InlineData("5.2.15-2", "5.2.15-2+b7")]
    [InlineData("3.0.14-1~deb12u1", "3.0.14-1~deb12u2")]
    [InlineData("3.0.15-1~deb12u1", "3.0.15-1")]
    [InlineData("8.5.0-2ubuntu10.1", "8.5.0-2ubuntu10.4")]
    [InlineData("2.63+24.04", "2.65")]
    [InlineData("99999999999999999998", "99999999999999999999")]
    [InlineData("6.1.0-9-amd64", "6.1.0-26-amd64")]
    public void The_newer_version_comes_second(string older, string newer)
    {
        Assert.True(DebianVersion.Compare(older, newer) < 0);
        Assert.True(DebianVersion.Compare(newer, older) > 0);
    }
}
