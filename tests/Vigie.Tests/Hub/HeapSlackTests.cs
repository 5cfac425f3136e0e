using Vigie.Hub;

namespace Vigie.Tests.Hub;

public sealed class HeapSlackTests
{
    const long Mega = 1 << 20;

    [Theory]
    [InlineData(112, 100, false)] // less than an eighth
    [InlineData(113, 100, true)]
    [InlineData(28, 20, false)] // not more than eight
    [InlineData(29, 20, true)]
    public void A_collection_is_worth_it_when_much_has_come_since(long committed, long before, bool much) =>
        Assert.Equal(much, HeapSlack.IsMuch(committed * Mega, before * Mega));
}
