using System.Runtime.InteropServices;

namespace Vigie.Core.Blocks;

/// <summary>
/// Writes a block: the samples of many series of one host over a window of time, bit for bit. Its buffers grow to the usual
/// size and are used again. Not thread safe. The format is in docs/format/block.md.
/// </summary>
public sealed class BlockWriter
{
    readonly ColumnEncoder _encoder = new();
    readonly ByteWriter _encodedTimes = new(), _encodedValues = new(), _block = new();
    readonly List<BlockTimes> _times = [];
    readonly List<BlockColumn> _columns = [];

    public void Reset()
    {
        _encodedTimes.Clear();
        _encodedValues.Clear();
        _block.Clear();
        _times.Clear();
        _columns.Clear();
    }

    /// <summary>Adds a times column that any number of value columns may share. Equal ones are not searched for.</summary>
    /// <param name="timesMs">Unix milliseconds, strictly ascending, 1 to 65536 of them.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="ArgumentException">The times are none, too many or not ascending.</exception>
    public int AddTimes(ReadOnlySpan<long> timesMs)
    {
        if (timesMs.Length is 0 or > BlockLimits.Instants)
            throw new ArgumentException($"1 to {BlockLimits.Instants} times are expected, {timesMs.Length} are given", nameof(timesMs));
        for (int i = 1; i < timesMs.Length; i++)
            if (timesMs[i] <= timesMs[i - 1])
                throw new ArgumentException($"time {i} ({timesMs[i]}) is not after the one before ({timesMs[i - 1]})", nameof(timesMs));
        int start = _encodedTimes.Length;
        _encoder.EncodeTimes(timesMs, _encodedTimes);
        var encoded = _encodedTimes.Written[start..];
        _times.Add(new(timesMs.Length, timesMs[0], timesMs[^1], start, encoded.Length) { Crc = Crc32C.Of(encoded) });
        return _times.Count - 1;
    }

    /// <summary>Adds a value column. Columns come in ascending order of series and part.</summary>
    /// <param name="series">Number of the series, from 0 to 2^40 - 1.</param>
    /// <param name="part">0 for samples, 1 to 255 for the parts of rollups.</param>
    /// <param name="times">Number of a times column.</param>
    /// <param name="values">As many as that column has times; any bits.</param>
    /// <exception cref="ArgumentException">A number is out of range or order.</exception>
    public void AddColumn(long series, int part, int times, ReadOnlySpan<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(series);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(series, BlockLimits.Series);
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, BlockLimits.Parts);
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(times, _times.Count);
        if (values.Length != _times[times].Count)
            throw new ArgumentException($"{_times[times].Count} values are expected, {values.Length} are given", nameof(values));
        if (_columns.Count > 0 && (series, part).CompareTo((_columns[^1].Series, _columns[^1].Part)) <= 0)
            throw new ArgumentException($"column ({series}, {part}) does not come after the one before", nameof(series));
        int start = _encodedValues.Length;
        _encoder.EncodeValues(values, _encodedValues);
        var encoded = _encodedValues.Written[start..];
        _columns.Add(new(series, part, times, start, encoded.Length) { Crc = Crc32C.Of(encoded) });
    }

    /// <summary>The whole block; valid until <see cref="Reset"/>.</summary>
    /// <exception cref="InvalidOperationException">There are so many columns that their directory passes 1 MiB.</exception>
    public ReadOnlySpan<byte> Finish()
    {
        _block.Clear();
        DirectoryFormat.Write(CollectionsMarshal.AsSpan(_times), CollectionsMarshal.AsSpan(_columns), _block);
        _block.Bytes(_encodedTimes.Written);
        _block.Bytes(_encodedValues.Written);
        return _block.Written;
    }
}
