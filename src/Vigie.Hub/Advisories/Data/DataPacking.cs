using System.IO.Compression;
using Vigie.Hub.Advisories.Matching;

namespace Vigie.Hub.Advisories.Data;

/// <summary>
/// How data are kept: a byte for the kind, then gzip of little-endian binary. Rows stand by suite and package, versions and remarks once each in a list
/// of texts and by their number elsewhere. Lists of CVEs are numbers as <see cref="CveId"/> packs them.
/// </summary>
static class DataPacking
{
    const byte RowsKind = 1, ExploitedKind = 2, PercentileKind = 3;

    public static PackedData Rows(SecurityData data)
    {
        data.Seal();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var texts = new List<string>();
        int count = 0;
        using var body = new MemoryStream();
        using (var rows = new BinaryWriter(body, System.Text.Encoding.UTF8, leaveOpen: true))
            foreach (var (suite, source, known) in data.Everything())
            {
                rows.Write(Number(suite.Distribution));
                rows.Write(Number(suite.Name));
                rows.Write(Number(source));
                rows.Write(known.Parts.Count);
                foreach (var (version, part) in known.Parts)
                {
                    rows.Write(Number(part));
                    rows.Write(Number(version));
                }
                rows.Write(known.Rows.Count);
                foreach (var row in known.Rows)
                {
                    rows.Write(row.Cve);
                    rows.Write((byte)row.State);
                    rows.Write((byte)row.Urgency);
                    rows.Write((byte)row.Rank);
                    rows.Write(Number(row.Fixed));
                    rows.Write(Number(row.Reason));
                    rows.Write(Number(row.Pocket));
                }
                count += known.Rows.Count;
            }
        return Pack(RowsKind, count, to =>
        {
            to.Write(texts.Count);
            texts.ForEach(to.Write);
            to.Write(body.GetBuffer(), 0, (int)body.Length);
        });

        int Number(string? text)
        {
            if (text is null)
                return -1;
            if (!numbers.TryGetValue(text, out int number))
            {
                numbers[text] = number = texts.Count;
                texts.Add(text);
            }
            return number;
        }
    }

    public static PackedData Exploited(IReadOnlyCollection<long> cves) => Pack(ExploitedKind, cves.Count, to =>
    {
        foreach (long cve in cves)
            to.Write(cve);
    });

    public static PackedData Percentiles(IReadOnlyDictionary<long, float> percentiles) => Pack(PercentileKind, percentiles.Count, to =>
    {
        foreach (var (cve, percentile) in percentiles)
        {
            to.Write(cve);
            to.Write(percentile);
        }
    });

    /// <summary>Adds what was kept to what is known.</summary>
    /// <exception cref="FormatException">It was not written by <see cref="Rows"/> and its like, or is damaged.</exception>
    public static void Unpack(byte[] bytes, SecurityData data, HashSet<long> exploited, Dictionary<long, float> percentiles)
    {
        if (bytes is not [var kind, ..])
            throw new FormatException("it is empty");
        try
        {
            using var from = new BinaryReader(new BufferedStream(
                new GZipStream(new MemoryStream(bytes, 1, bytes.Length - 1), CompressionMode.Decompress), 64 * 1024));
            int count = from.ReadInt32();
            switch (kind)
            {
                case RowsKind:
                    ReadRows(from, count, data);
                    break;
                case ExploitedKind:
                    for (int i = 0; i < count; i++)
                        exploited.Add(from.ReadInt64());
                    break;
                case PercentileKind:
                    for (int i = 0; i < count; i++)
                        percentiles[from.ReadInt64()] = from.ReadSingle();
                    break;
                default:
                    throw new FormatException($"it is of the kind {kind}, which this version does not know");
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new FormatException($"it is damaged: {e.Message}", e);
        }
    }

    static void ReadRows(BinaryReader from, int rows, SecurityData data)
    {
        string[] texts = new string[from.ReadInt32()];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = data.Text(from.ReadString());
        while (rows > 0)
        {
            var known = data[new(texts[from.ReadInt32()], texts[from.ReadInt32()]), texts[from.ReadInt32()]];
            for (int parts = from.ReadInt32(); parts > 0; parts--)
                known.AddVersion(texts[from.ReadInt32()], texts[from.ReadInt32()]);
            int count = from.ReadInt32();
            rows -= count;
            for (; count > 0; count--)
            {
                long cve = from.ReadInt64();
                var (state, urgency, rank) = ((FixState)from.ReadByte(), (Urgency)from.ReadByte(), (SourceRank)from.ReadByte());
                string? fix = Text(), reason = Text(), pocket = Text();
                known.Add(new(cve, state, fix, reason, urgency, rank, pocket));
            }
        }

        string? Text() => from.ReadInt32() is >= 0 and var number ? texts[number] : null;
    }

    static PackedData Pack(byte kind, int count, Action<BinaryWriter> write)
    {
        using var packed = new MemoryStream();
        packed.WriteByte(kind);
        using (var to = new BinaryWriter(new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)))
        {
            to.Write(count);
            write(to);
        }
        return new(packed.ToArray(), count);
    }
}
