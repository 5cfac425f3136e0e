using System.Buffers.Binary;

namespace Vigie.Core.Blocks;

/// <summary>
/// The bytes of a directory: prefix, times, columns, CRC. Offsets are not stored: the encoded times and then the encoded
/// columns follow without a gap, so none can point elsewhere.
/// </summary>
static class DirectoryFormat
{
    /// <summary>Magic, version, length of the directory.</summary>
    public const int PrefixLength = 8;

    public const byte Version = 1;

    const int CrcLength = 4;

    static ReadOnlySpan<byte> Magic => "VGB"u8;

    /// <summary>Bits of a column's first number: whether its part and its times number are not the expected ones.</summary>
    const ulong OtherPart = 1, OtherTimes = 2;

    public static void Write(ReadOnlySpan<BlockTimes> times, ReadOnlySpan<BlockColumn> columns, ByteWriter to)
    {
        int start = to.Length;
        to.Bytes(Magic);
        to.Byte(Version);
        to.Fixed32(0);
        to.Varint((ulong)times.Length);
        long firstMs = 0;
        foreach (var entry in times)
        {
            to.Varint((ulong)entry.Count);
            to.Signed(entry.FirstMs - firstMs);
            firstMs = entry.FirstMs;
            to.Varint((ulong)(entry.LastMs - firstMs));
            to.Varint((ulong)entry.Length);
            to.Fixed32(entry.Crc);
        }
        to.Varint((ulong)columns.Length);
        BlockColumn before = default;
        for (int i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            bool first = i == 0;
            int part = ExpectedPart(before, column.Series, first ? 0 : columns[0].Part, first);
            bool otherPart = column.Part != part, otherTimes = column.Times != before.Times;
            to.Varint((ulong)(column.Series - before.Series) << 2 | (otherPart ? OtherPart : 0) | (otherTimes ? OtherTimes : 0));
            if (otherPart)
                to.Varint((ulong)column.Part);
            if (otherTimes)
                to.Varint((ulong)column.Times);
            to.Varint((ulong)column.Length);
            to.Fixed32(column.Crc);
            before = column;
        }
        int length = to.Length - start + CrcLength;
        if (length > BlockLimits.DirectoryBytes)
            throw new InvalidOperationException(
                $"the directory of {columns.Length} columns takes {length} bytes, {BlockLimits.DirectoryBytes} are allowed");
        to.SetFixed32(start + 4, (uint)length);
        to.Fixed32(Crc32C.Of(to.Written[start..]));
    }

    /// <summary>The next part of the same series, or else what the block's first column has.</summary>
    static int ExpectedPart(BlockColumn before, long series, int usual, bool first) =>
        !first && series == before.Series ? before.Part + 1 : usual;

    /// <summary>The length that a prefix tells.</summary>
    public static int LengthOf(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length < PrefixLength)
            throw Error("prefix", $"{PrefixLength} bytes", $"{prefix.Length}");
        if (!prefix.StartsWith(Magic))
            throw Error("byte 0", "the magic number of a block", Convert.ToHexString(prefix[..Magic.Length]));
        if (prefix[3] != Version)
            throw Error("byte 3", $"version {Version}", $"{prefix[3]}");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(prefix[4..]);
        return length is >= PrefixLength + 2 + CrcLength and <= BlockLimits.DirectoryBytes
            ? (int)length
            : throw Error("byte 4", $"a directory of up to {BlockLimits.DirectoryBytes} bytes", $"{length}");
    }

    /// <returns>The length of the whole block.</returns>
    public static int Read(ReadOnlySpan<byte> directory, out BlockTimes[] times, out BlockColumn[] columns)
    {
        int length = LengthOf(directory);
        if (directory.Length != length)
            throw Error("directory", $"{length} bytes", $"{directory.Length}");
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(directory[^CrcLength..]), computed = Crc32C.Of(directory[..^CrcLength]);
        if (stored != computed)
            throw Error("directory", $"CRC {stored:x8}", $"{computed:x8}");
        var reader = new ByteReader(directory[..^CrcLength], "directory");
        reader.Take(PrefixLength);
        // Each takes eight bytes or five at least, so a false number cannot ask for much memory.
        times = new BlockTimes[reader.Number("a number of times columns", 0, reader.Left / 8)];
        int offset = length;
        long firstMs = 0;
        for (int i = 0; i < times.Length; i++)
            times[i] = ReadTimes(ref reader, ref firstMs, ref offset);
        columns = new BlockColumn[reader.Number("a number of columns", 0, reader.Left / 5)];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = ReadColumn(ref reader, columns.AsSpan(0, i), times.Length, ref offset);
        reader.End();
        return offset;
    }

    static BlockTimes ReadTimes(ref ByteReader reader, ref long firstMs, ref int offset)
    {
        int count = reader.Number("a number of instants", 1, BlockLimits.Instants);
        firstMs += reader.Signed();
        ulong span = reader.Varint();
        // The room above the first time, which may itself take 64 bits without a sign.
        if (span > (ulong)long.MaxValue - (ulong)firstMs)
            throw reader.Error("a last time that fits 64 bits", $"{firstMs} and {span} ms");
        int length = reader.Number("a length", 1, int.MaxValue - offset), start = offset;
        offset += length;
        return new(count, firstMs, firstMs + (long)span, start, length) { Crc = reader.Fixed32() };
    }

    static BlockColumn ReadColumn(ref ByteReader reader, ReadOnlySpan<BlockColumn> earlier, int timesColumns, ref int offset)
    {
        bool first = earlier.Length == 0;
        var before = first ? default : earlier[^1];
        ulong head = reader.Varint(), delta = head >> 2;
        if (delta >= (ulong)(BlockLimits.Series - before.Series))
            throw reader.Error($"a series below {BlockLimits.Series}", $"{before.Series} and {delta}");
        long series = before.Series + (long)delta;
        int part = ExpectedPart(before, series, first ? 0 : earlier[0].Part, first);
        if ((head & OtherPart) != 0)
            part = reader.Number("a part", 0, BlockLimits.Parts - 1);
        if (part >= BlockLimits.Parts || !first && series == before.Series && part <= before.Part)
            throw reader.Error($"a part above {before.Part}", $"{part}");
        int times = (head & OtherTimes) != 0 ? reader.Number("a times column", 0, int.MaxValue) : before.Times;
        if (times >= timesColumns)
            throw reader.Error($"a times column below {timesColumns}", $"{times}");
        int length = reader.Number("a length", 1, int.MaxValue - offset), start = offset;
        offset += length;
        return new(series, part, times, start, length) { Crc = reader.Fixed32() };
    }

    static BlockFormatException Error(string place, string expected, string found) =>
        new($"{place}: {expected} expected, {found} found");
}
