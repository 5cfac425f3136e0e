using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

public sealed class Crc32CTests
{
    [Fact]
    public void The_published_check_values_are_met()
    {
        Assert.Equal(0u, Crc32C.Of([]));
        Assert.Equal(0xe3069283, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8a9136aa, Crc32C.Of(new byte[32]));
    }
}
