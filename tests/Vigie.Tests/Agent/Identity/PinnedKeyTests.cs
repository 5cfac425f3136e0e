using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vigie.Agent.Identity;

namespace Vigie.Tests.Agent.Identity;

public sealed class PinnedKeyTests
{
    static X509Certificate2 Certificate(ECDsa key, string name) => new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
        .CreateSelfSigned(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_certificate_with_the_pinned_key_is_believed_even_when_it_was_renewed_and_no_other()
    {
        using var key = ECDsa.Create();
        using var other = ECDsa.Create();
        using var first = Certificate(key, "hub");
        using var renewed = Certificate(key, "hub.example.org");
        using var stranger = Certificate(other, "hub");
        Assert.True(PinnedKey.TryParse(PinnedKey.Of(first), out var pin));
        Assert.True(pin.Accepts(first.RawData));
        Assert.True(pin.Accepts(renewed.RawData));
        Assert.False(pin.Accepts(stranger.RawData));
        Assert.False(pin.Accepts([]));
        Assert.False(pin.Accepts("no certificate"u8));
    }

    [Fact]
    public void An_rsa_key_is_pinned_by_the_same_words_as_openssl_prints()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=hub", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal("sha256/" + Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), PinnedKey.Of(certificate));
    }

    [Theory]
    [InlineData(""), InlineData("sha256/"), InlineData("sha256/AAAA"), InlineData("sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void What_is_no_pin_is_refused(string text) => Assert.False(PinnedKey.TryParse(text, out _));
}
