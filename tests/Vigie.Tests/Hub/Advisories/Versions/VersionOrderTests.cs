using System.Text;
using CsCheck;
using Vigie.Hub.Advisories.Versions;

namespace Vigie.Tests.Hub.Advisories.Versions;

/// <summary>What an order must keep for every text there is.</summary>
public sealed class VersionOrderTests
{
    /// <summary>Small numbers and few signs, so that many are equal or differ late.</summary>
    static readonly Gen<byte[]> Text = OneOf("0", "1", "2", "10", "01", ".", "-", "~", "+", ":", "^", "_", "a", "b", "rc", "_p", "_rc", "-r", "é")
        .Array[0, 8].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));

    static readonly Gen<byte[]> ApkText = Gen.Select(OneOf("0", "1", "01", "2", "10").Array[1, 4], OneOf("", "a", "b"),
        OneOf("", "_rc", "_p", "_alpha1", "_git20", "_p1_rc"), OneOf("", "~ab", "~ac"), OneOf("", "-r0", "-r1", "-r10"))
        .Select((numbers, letter, suffix, hash, revision) =>
            Encoding.UTF8.GetBytes(string.Join('.', numbers) + letter + suffix + hash + revision));

    static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    public static TheoryData<string> Schemes => [.. VersionScheme.All.Select(s => s.Name)];

    static (VersionScheme Scheme, Gen<byte[]> Texts) Of(string name)
    {
        var scheme = VersionScheme.All.Single(s => s.Name == name);
        return (scheme, scheme == VersionScheme.Apk ? ApkText : Text);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Swapped_the_order_is_the_other(string name)
    {
        var (scheme, texts) = Of(name);
        Gen.Select(texts, Gen.OneOf(texts, Text)).Sample((a, b) =>
            Math.Sign(scheme.Compare(a, b)) == -Math.Sign(scheme.Compare(b, a)) && scheme.Compare(a, a) == 0, iter: 30_000);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void What_is_less_than_the_less_is_less(string name)
    {
        var (scheme, texts) = Of(name);
        Gen.Select(texts, texts, texts).Sample((a, b, c) =>
        {
            byte[][] sorted = [a, b, c];
            Array.Sort(sorted, (x, y) => scheme.Compare(x, y));
            return scheme.Compare(sorted[0], sorted[1]) <= 0 && scheme.Compare(sorted[1], sorted[2]) <= 0
                && scheme.Compare(sorted[0], sorted[2]) <= 0
                && (scheme.Compare(sorted[0], sorted[2]) < 0 || (scheme.Compare(sorted[0], sorted[1]) == 0 && scheme.Compare(sorted[1], sorted[2]) == 0));
        }, iter: 30_000);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Nothing_is_allocated(string name)
    {
        var scheme = VersionScheme.All.Single(s => s.Name == name);
        byte[] a = "1:2.36-9+deb12u13"u8.ToArray(), b = "1:2.36-9+deb12u4"u8.ToArray();
        const string Left = "9.2_p1-r10", Right = "9.2_p1-r9";
        int sum = 0;
        for (int i = 0; i < 1000; i++)
            sum += scheme.Compare(a, b) + scheme.Compare(Left, Right);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            sum += scheme.Compare(a, b) + scheme.Compare(Left, Right);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, sum);
    }
}
