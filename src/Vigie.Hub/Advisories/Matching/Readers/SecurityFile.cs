using System.IO.Compression;
using System.Text.Json;
using SharpCompress.Common;
using SharpCompress.Compressors.Xz;

namespace Vigie.Hub.Advisories.Matching.Readers;

/// <summary>Reads a distribution's data from a file of any of the known shapes, told by what is in it.</summary>
static class SecurityFile
{
    const int MostWhole = 256 << 20, MostRecord = 16 << 20;

    const long MostUnpacked = 1L << 30;

    enum Shape { Unknown, DebianTracker, UbuntuPackages, AlpineSecdb, Osv }

    /// <returns>How many rows it gave.</returns>
    /// <exception cref="FormatException">It is of no known shape, or not whole; the message says why.</exception>
    public static int Read(string path, SecurityData data, Wanted wanted, CancellationToken ct = default)
    {
        using var file = File.OpenRead(path);
        return Read(file, data, wanted, ct);
    }

    public static int Read(Stream stream, SecurityData data, Wanted wanted, CancellationToken ct = default)
    {
        byte[] start = new byte[6];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (start is [0x1f, 0x8b, ..])
        {
            using var unpacked = new Unpacked(new GZipStream(stream, CompressionMode.Decompress));
            return Read(unpacked.Stream, data, wanted, ct);
        }
        if (start.AsSpan().StartsWith("PK\u0003\u0004"u8))
            return Zip(stream, data, wanted, ct);
        if (start is [0xfd, (byte)'7', (byte)'z', ..])
        {
            using var unpacked = new Unpacked(new XZStream(stream));
            return Read(unpacked.Stream, data, wanted, ct);
        }
        if (length == 0)
            throw new FormatException("it is empty");
        return start.AsSpan().TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'<', ..]
            ? UpdateinfoReader.Read(stream, data, wanted)
            : Json(stream, data, wanted, ct);
    }

    static int Json(Stream stream, SecurityData data, Wanted wanted, CancellationToken ct)
    {
        var shape = new ShapeReader();
        JsonTokens.Read(stream, ref shape, ct);
        stream.Position = 0;
        return shape.Shape switch
        {
            Shape.DebianTracker => DebianTrackerReader.Read(stream, data, wanted, ct),
            Shape.UbuntuPackages => UbuntuPackageReader.Read(stream, data, wanted, ct),
            Shape.AlpineSecdb => AlpineSecdbReader.Read(Whole(stream), data, wanted),
            Shape.Osv => OsvReader.Read(Whole(stream), data, wanted),
            _ => throw new FormatException("it is none of: Debian's tracker, Ubuntu's package data, Alpine's secdb, OSV, updateinfo"),
        };
    }

    /// <summary>A zip of OSV records, as osv.dev gives them for an ecosystem.</summary>
    static int Zip(Stream stream, SecurityData data, Wanted wanted, CancellationToken ct)
    {
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            int count = 0;
            foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".json", StringComparison.Ordinal)))
            {
                ct.ThrowIfCancellationRequested();
                using var record = entry.Open();
                count += OsvReader.Read(Whole(record, MostRecord), data, wanted);
            }
            return count;
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"the zip is damaged: {e.Message}", e);
        }
    }

    static byte[] Whole(Stream stream, int most = MostWhole)
    {
        using var whole = new MemoryStream();
        byte[] piece = new byte[64 * 1024];
        for (int count; (count = stream.Read(piece)) > 0;)
        {
            if (whole.Length + count > most)
                throw new FormatException($"it is larger than {most >> 20} MiB");
            whole.Write(piece, 0, count);
        }
        return whole.ToArray();
    }

    /// <summary>What has to be read twice and can't be wound back: kept in a file of its own, which is gone with it.</summary>
    sealed class Unpacked : IDisposable
    {
        public Unpacked(Stream packed)
        {
            Stream = new FileStream(Path.GetTempFileName(), new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose,
            });
            try
            {
                using (packed)
                    Copy(packed);
                Stream.Position = 0;
            }
            catch (Exception e) when (e is InvalidDataException or SharpCompressException or IOException or FormatException)
            {
                Stream.Dispose();
                throw e as FormatException ?? new FormatException($"it is damaged, or there is no room to unpack it: {e.Message}", e);
            }
        }

        void Copy(Stream packed)
        {
            byte[] piece = new byte[128 * 1024];
            for (int count; (count = packed.Read(piece)) > 0;)
            {
                if (Stream.Length + count > MostUnpacked)
                    throw new FormatException($"it is larger than {MostUnpacked >> 20} MiB when unpacked");
                Stream.Write(piece, 0, count);
            }
        }

        public Stream Stream { get; }

        public void Dispose() => Stream.Dispose();
    }

    /// <summary>Looks at names of the first levels until one of them tells.</summary>
    struct ShapeReader : IJsonSink
    {
        bool _isPackages;

        public Shape Shape { get; private set; }

        public bool Take(ref Utf8JsonReader reader)
        {
            Shape = (reader.TokenType, reader.CurrentDepth) switch
            {
                (JsonTokenType.StartArray, 0) => Shape.Osv,
                (JsonTokenType.PropertyName, 1) => Top(ref reader),
                (JsonTokenType.StartArray, 1) when _isPackages => Shape.AlpineSecdb,
                (JsonTokenType.StartObject, 1) when _isPackages => Shape.UbuntuPackages,
                (JsonTokenType.PropertyName, 2) when IsFinding(ref reader) => Shape.DebianTracker,
                _ => Shape.Unknown,
            };
            return Shape == Shape.Unknown;
        }

        Shape Top(ref Utf8JsonReader reader)
        {
            _isPackages = reader.ValueTextEquals("packages"u8);
            return reader.ValueTextEquals("schema_version"u8) || reader.ValueTextEquals("affected"u8) || reader.ValueTextEquals("id"u8) ? Shape.Osv
                : reader.ValueTextEquals("apkurl"u8) || reader.ValueTextEquals("distroversion"u8) || reader.ValueTextEquals("reponame"u8)
                    ? Shape.AlpineSecdb
                : reader.ValueTextEquals("security_issues"u8) ? Shape.UbuntuPackages
                : Shape.Unknown;
        }

        static bool IsFinding(ref Utf8JsonReader reader) =>
            !reader.HasValueSequence && (reader.ValueSpan.StartsWith("CVE-"u8) || reader.ValueSpan.StartsWith("TEMP-"u8));
    }
}
