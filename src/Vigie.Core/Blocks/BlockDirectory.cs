namespace Vigie.Core.Blocks;

/// <summary>
/// The directory at the start of a block. It tells where each column stands, so a reader of one column needs the directory
/// and the bytes of that column only. Safe for concurrent use.
/// </summary>
public sealed class BlockDirectory
{
    /// <summary>Bytes from which <see cref="LengthOf"/> can tell the length of the directory.</summary>
    public const int PrefixLength = DirectoryFormat.PrefixLength;

    readonly BlockTimes[] _times;
    readonly BlockColumn[] _columns;

    BlockDirectory(int length, BlockTimes[] times, BlockColumn[] columns) => (Length, _times, _columns) = (length, times, columns);

    /// <summary>Of the whole block, in bytes.</summary>
    public int Length { get; }

    public ReadOnlySpan<BlockTimes> Times => _times;

    /// <summary>In ascending order of series and part.</summary>
    public ReadOnlySpan<BlockColumn> Columns => _columns;

    /// <summary>The length of the directory in bytes, prefix included; at most 1 MiB.</summary>
    /// <param name="prefix"><see cref="PrefixLength"/> bytes or more from the start of a block.</param>
    /// <exception cref="BlockFormatException">Not a block, one of an unknown version, or too short.</exception>
    public static int LengthOf(ReadOnlySpan<byte> prefix) => DirectoryFormat.LengthOf(prefix);

    /// <param name="directory">The bytes of the directory, of the length that <see cref="LengthOf"/> tells.</param>
    /// <exception cref="BlockFormatException">The bytes are damaged.</exception>
    public static BlockDirectory Parse(ReadOnlySpan<byte> directory)
    {
        int length = DirectoryFormat.Read(directory, out var times, out var columns);
        return new(length, times, columns);
    }

    /// <summary>Decodes a times column.</summary>
    /// <param name="encoded">The bytes of the block at the column's offset and of its length.</param>
    /// <param name="timesMs">Receives Unix milliseconds, strictly ascending; as long as the column's count.</param>
    /// <exception cref="BlockFormatException">The bytes are damaged, or are not those of this column.</exception>
    public void ReadTimes(int number, ReadOnlySpan<byte> encoded, Span<long> timesMs)
    {
        var entry = _times[number];
        if (timesMs.Length != entry.Count)
            throw new ArgumentException($"room for {entry.Count} times is expected, {timesMs.Length} is given", nameof(timesMs));
        Verify("times", number, encoded, entry.Length, entry.Crc);
        ColumnDecoder.DecodeTimes(encoded, entry.FirstMs, timesMs);
        for (int i = 1; i < timesMs.Length; i++)
            if (timesMs[i] <= timesMs[i - 1])
                throw new BlockFormatException($"times {number}, instant {i}: after {timesMs[i - 1]} expected, {timesMs[i]} found");
        if (timesMs[0] != entry.FirstMs || timesMs[^1] != entry.LastMs)
            throw new BlockFormatException(
                $"times {number}: {entry.FirstMs} to {entry.LastMs} expected, {timesMs[0]} to {timesMs[^1]} found");
    }

    /// <summary>Decodes a value column, bit for bit.</summary>
    /// <param name="encoded">The bytes of the block at the column's offset and of its length.</param>
    /// <param name="values">As long as the count of the column's times.</param>
    /// <exception cref="BlockFormatException">The bytes are damaged, or are not those of this column.</exception>
    public void ReadColumn(int number, ReadOnlySpan<byte> encoded, Span<double> values)
    {
        var entry = _columns[number];
        int count = _times[entry.Times].Count;
        if (values.Length != count)
            throw new ArgumentException($"room for {count} values is expected, {values.Length} is given", nameof(values));
        Verify("column", number, encoded, entry.Length, entry.Crc);
        ColumnDecoder.DecodeValues(encoded, values);
    }

    static void Verify(string what, int number, ReadOnlySpan<byte> encoded, int length, uint crc)
    {
        if (encoded.Length != length)
            throw new BlockFormatException($"{what} {number}: {length} bytes expected, {encoded.Length} found");
        uint computed = Crc32C.Of(encoded);
        if (computed != crc)
            throw new BlockFormatException($"{what} {number}: CRC {crc:x8} expected, {computed:x8} found");
    }
}
