using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vigie.Hub.Advisories.Feeds;

namespace Vigie.Hub.Advisories.Bundles;

/// <summary>The bundle can't be trusted or read; the message says why.</summary>
sealed class BundleException(string message) : OutsideException(message);

/// <summary>
/// What is in a bundle, <c>manifest.json</c>: <c>{schema: 1, made, files: [{name, feed, path, fetched, bytes, sha256}]}</c>, times in UTC as ISO 8601.
/// <c>manifest.sig</c> is the ECDSA signature (P-256, SHA-256, r and s of 32 bytes each) over its bytes, so that nothing of a bundle is read before it
/// is known who made it.
/// </summary>
sealed record BundleManifest(DateTimeOffset Made, IReadOnlyList<BundleFile> Files)
{
    public const string Name = "manifest.json", Signature = "manifest.sig";

    const int Schema = 1;

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(new { schema = Schema, made = Made, files = Files }, JsonSerializerOptions.Web);

    /// <exception cref="BundleException">It is none, or of a newer version.</exception>
    public static BundleManifest Read(byte[] json)
    {
        try
        {
            using var document = OutsideJson.Parse(json);
            var root = document.RootElement;
            if (root.Member("schema").ValueKind != JsonValueKind.Number || root.Member("schema").GetInt32() != Schema)
                throw new BundleException("it is of another version of bundles; use the same version of vigie on both sides");
            var files = root.Member("files").Deserialize<List<BundleFile>>(JsonSerializerOptions.Web) ?? [];
            if (files.Exists(f => f is not { Feed: not null, Path: not null, Sha256: not null }))
                throw new BundleException("its manifest has a file without feed, path or sha256");
            return new(root.Member("made").GetDateTimeOffset(), files);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw new BundleException($"its manifest can't be read: {e.Message}");
        }
    }
}

/// <param name="Name">In the bundle.</param>
/// <param name="Feed">Whose document it is.</param>
/// <param name="Path">Of a data feed: the document's path at its source. Of advisories: the reference.</param>
/// <param name="Fetched">When it was true at the source.</param>
/// <param name="Sha256">In hexadecimal digits, lower case.</param>
sealed partial record BundleFile(string Name, string Feed, string Path, DateTimeOffset Fetched, long Bytes, string Sha256)
{
    /// <summary>Names are told by a stranger: nothing else is a name.</summary>
    public bool HasGoodName => Name is not null && Good().IsMatch(Name);

    [GeneratedRegex(@"^(advisories|data)/[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\.[a-z0-9]{1,8}){0,2}\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Good();
}

/// <summary>The pair of keys: bundles are made with the private one, hubs without internet hold the public one.</summary>
static class BundleKey
{
    static readonly DSASignatureFormat Format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

    public static (string Private, string Public) Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (key.ExportPkcs8PrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem());
    }

    public static byte[] Sign(string privatePem, byte[] data)
    {
        using var key = Open(privatePem);
        return key.SignData(data, HashAlgorithmName.SHA256, Format);
    }

    public static bool Verify(string publicPem, byte[] data, byte[] signature)
    {
        using var key = Open(publicPem);
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256, Format);
    }

    static ECDsa Open(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize != 256)
                throw new BundleException("the key is none of the curve P-256; `vigie advisories bundle-key` makes one");
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new BundleException($"the key can't be read: {e.Message}");
        }
    }
}
