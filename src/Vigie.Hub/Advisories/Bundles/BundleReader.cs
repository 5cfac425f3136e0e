using System.IO.Compression;
using System.Security.Cryptography;

namespace Vigie.Hub.Advisories.Bundles;

/// <summary>
/// An opened bundle of which all is verified: who made it, that nothing is missing, more or other than the manifest says, and that nothing is larger than
/// it may be. Names in it are looked up, never written to the disk.
/// </summary>
sealed class BundleReader : IDisposable
{
    const long MostManifest = 32 << 20, MostFile = 400L << 20, MostAll = 4L << 30;
    const int MostFiles = 200_000;

    readonly ZipArchive _zip;

    BundleReader(ZipArchive zip, BundleManifest manifest) => (_zip, Manifest) = (zip, manifest);

    public BundleManifest Manifest { get; }

    /// <exception cref="BundleException">It is refused.</exception>
    public static BundleReader Open(Stream file, string publicPem, CancellationToken ct)
    {
        ZipArchive? zip = null;
        try
        {
            zip = new(file, ZipArchiveMode.Read, leaveOpen: true);
            byte[] manifest = Whole(Entry(zip, BundleManifest.Name), MostManifest), signature = Whole(Entry(zip, BundleManifest.Signature), 1024);
            if (!BundleKey.Verify(publicPem, manifest, signature))
                throw new BundleException("its signature is not that of the key that this hub trusts");
            var reader = new BundleReader(zip, BundleManifest.Read(manifest));
            reader.Verify(ct);
            return reader;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            zip?.Dispose();
            throw new BundleException($"it is no zip, or damaged: {e.Message}");
        }
        catch
        {
            zip?.Dispose();
            throw;
        }
    }

    public Stream Read(BundleFile file) => Entry(_zip, file.Name).Open();

    void Verify(CancellationToken ct)
    {
        if (Manifest.Files.Count > MostFiles || Manifest.Files.Sum(f => Math.Max(f.Bytes, 0)) > MostAll)
            throw new BundleException($"it holds more than {MostFiles} files or {MostAll >> 30} GiB");
        if (Manifest.Files.FirstOrDefault(f => !f.HasGoodName) is { } bad)
            throw new BundleException($"it holds a file with the name \"{OutsideText.Line(bad.Name, 100)}\", which is none of a bundle");
        var names = Manifest.Files.Select(f => f.Name).Append(BundleManifest.Name).Append(BundleManifest.Signature).ToHashSet(StringComparer.Ordinal);
        if (names.Count != Manifest.Files.Count + 2)
            throw new BundleException("it names a file twice");
        if (_zip.Entries.FirstOrDefault(e => !names.Contains(e.FullName)) is { } more)
            throw new BundleException($"it holds \"{OutsideText.Line(more.FullName, 100)}\", of which its manifest knows nothing");
        if (_zip.Entries.Count != names.Count)
            throw new BundleException("it does not hold what its manifest says, each once");
        foreach (var file in Manifest.Files)
        {
            ct.ThrowIfCancellationRequested();
            Verify(file);
        }
    }

    void Verify(BundleFile file)
    {
        if (file.Bytes is < 0 or > MostFile)
            throw new BundleException($"{file.Name} is larger than {MostFile >> 20} MiB");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var from = Read(file);
        byte[] piece = new byte[64 * 1024];
        long length = 0;
        for (int count; (count = from.Read(piece)) > 0;)
        {
            if ((length += count) > file.Bytes)
                break;
            hash.AppendData(piece, 0, count);
        }
        if (length != file.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
            throw new BundleException($"{file.Name} is not what its manifest says");
    }

    static ZipArchiveEntry Entry(ZipArchive zip, string name) =>
        zip.GetEntry(name) ?? throw new BundleException($"it holds no {name}, so it is no bundle");

    static byte[] Whole(ZipArchiveEntry entry, long most)
    {
        using var from = entry.Open();
        using var whole = new MemoryStream();
        byte[] piece = new byte[64 * 1024];
        for (int count; (count = from.Read(piece)) > 0;)
        {
            if (whole.Length + count > most)
                throw new BundleException($"its {entry.Name} is larger than {most >> 10} KiB");
            whole.Write(piece, 0, count);
        }
        return whole.ToArray();
    }

    public void Dispose() => _zip.Dispose();
}
