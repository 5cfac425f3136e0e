using Vigie.Hub;

namespace Vigie.Tests.Hub;

public sealed class HeapSlackTests
{
    const long Mega = 1 << 20;

    [Theory]
    [InlineData(124, 100, false)] // less than a quarter
    [InlineData(126, 100, true)]
    [InlineData(35, 20, false)] // less than sixteen
    [InlineData(37, 20, true)]
    public void A_collection_is_worth_it_when_much_has_come_since(long committed, long before, bool much) =>
        Assert.Equal(much, HeapSlack.IsMuch(committed * Mega, before * Mega));
}
