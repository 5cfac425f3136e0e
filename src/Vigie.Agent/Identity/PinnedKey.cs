using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vigie.Agent.Identity;

/// <summary>
/// The hub's public key as the administrator has pinned it: <c>sha256/</c> and the Base64 of the SHA-256 of the certificate's
/// SubjectPublicKeyInfo (RFC 7469), which stays when a certificate is renewed with its key. Who pins a key believes it and nobody else:
/// neither name nor issuer of the certificate count.
/// </summary>
sealed class PinnedKey
{
    const string Prefix = "sha256/";

    readonly byte[] _hash;

    PinnedKey(byte[] hash) => _hash = hash;

    /// <summary>False when the text is no such pin.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PinnedKey? pin)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        pin = text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], hash, out int length)
            && length == hash.Length ? new(hash.ToArray()) : null;
        return pin is not null;
    }

    /// <summary>The pin of a certificate.</summary>
    public static string Of(X509Certificate2 certificate) => Prefix + Convert.ToBase64String(Hash(certificate));

    /// <summary>Whether a certificate, as it came in the handshake (DER), has the pinned key.</summary>
    public bool Accepts(ReadOnlySpan<byte> certificate)
    {
        try
        {
            using var read = X509CertificateLoader.LoadCertificate(certificate);
            return CryptographicOperations.FixedTimeEquals(Hash(read), _hash);
        }
        catch (CryptographicException)
        {
            return false; // no certificate at all
        }
    }

    static byte[] Hash(X509Certificate2 certificate) => SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
}
