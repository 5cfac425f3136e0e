using System.Numerics;

namespace Vigie.Core.Blocks;

/// <summary>Encodes columns one after the other into a buffer of the caller. Not thread safe.</summary>
sealed class ColumnEncoder
{
    readonly IntegerColumn _integers = new();
    readonly ByteWriter _exceptions = new();
    readonly MiniBlockWriter _corrections = new();
    long[] _numbers = [];
    int[] _misfits = [];

    /// <summary>Unix milliseconds, the first of which the reader is told.</summary>
    public void EncodeTimes(ReadOnlySpan<long> timesMs, ByteWriter to)
    {
        var numbers = Numbers(timesMs.Length);
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = timesMs[i] - timesMs[0];
        _integers.Write(numbers, kind: 0, default, to);
    }

    /// <summary>Writes the smallest of what is promising.</summary>
    public void EncodeValues(ReadOnlySpan<double> values, ByteWriter to)
    {
        int start = to.Length, misfits = EncodeDecimals(values, 0, to), middle = to.Length;
        if (misfits > values.Length / 64)
        {
            EncodeDecimals(values, Decimals.MaxCorrection, to);
            KeepSmaller(start, middle, to);
        }
        // Long decimals, and few values that repeat, may have simpler bits.
        middle = to.Length;
        if (middle == start || middle - start > 4 * values.Length)
        {
            EncodeBits(values, to);
            KeepSmaller(start, middle, to);
        }
    }

    /// <summary>Of two encodings of a column, one behind the other and either one perhaps empty.</summary>
    static void KeepSmaller(int start, int middle, ByteWriter to)
    {
        int first = middle - start, second = to.Length - middle;
        if (first == 0 || second > 0 && second < first)
            to.Remove(start, middle);
        else
            to.Truncate(middle);
    }

    /// <summary>Writes integers over a power of ten, unless no power is found.</summary>
    /// <returns>How many values are exceptions; all when nothing is written.</returns>
    int EncodeDecimals(ReadOnlySpan<double> values, int correction, ByteWriter to)
    {
        if (Decimals.ExponentOf(values, correction) is not { } exponent)
            return values.Length;
        var numbers = Numbers(values.Length);
        int misfits = Decimals.ToIntegers(values, exponent, correction, numbers, _misfits), kind = exponent;
        _exceptions.Clear();
        if (misfits > 0)
        {
            kind |= ColumnKind.Exceptions;
            WriteExceptions(values, _misfits.AsSpan(0, misfits));
        }
        if (correction > 0)
            kind |= ColumnKind.Corrections;
        _integers.Write(numbers, kind, _exceptions.Written, to);
        if (correction > 0)
        {
            Decimals.Corrections(values, exponent, numbers);
            foreach (int misfit in _misfits.AsSpan(0, misfits))
                numbers[misfit] = 0;
            _corrections.Plan(numbers);
            _corrections.Write(numbers, to);
        }
        return misfits;
    }

    void EncodeBits(ReadOnlySpan<double> values, ByteWriter to)
    {
        var numbers = Numbers(values.Length);
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = BitConverter.DoubleToInt64Bits(values[i]);
        _integers.Write(numbers, ColumnKind.Bits, default, to);
    }

    /// <summary>Runs of the same bits at neighbouring positions: a host that went away leaves many stale markers.</summary>
    void WriteExceptions(ReadOnlySpan<double> values, ReadOnlySpan<int> positions)
    {
        int runs = 0;
        for (int i = 0; i < positions.Length; i = EndOfRun(values, positions, i))
            runs++;
        _exceptions.Varint((ulong)runs);
        int next = 0;
        for (int i = 0, end; i < positions.Length; i = end)
        {
            end = EndOfRun(values, positions, i);
            int length = end - i;
            _exceptions.Varint((ulong)(positions[i] - next) << 1 | (length > 1 ? 1u : 0u));
            if (length > 1)
                _exceptions.Varint((ulong)length);
            _exceptions.Fixed64(BitConverter.DoubleToInt64Bits(values[positions[i]]));
            next = positions[i] + length;
        }
    }

    static int EndOfRun(ReadOnlySpan<double> values, ReadOnlySpan<int> positions, int start)
    {
        long bits = BitConverter.DoubleToInt64Bits(values[positions[start]]);
        int end = start + 1;
        while (end < positions.Length && positions[end] == positions[end - 1] + 1
            && BitConverter.DoubleToInt64Bits(values[positions[end]]) == bits)
            end++;
        return end;
    }

    Span<long> Numbers(int count)
    {
        if (_numbers.Length < count)
        {
            int room = (int)BitOperations.RoundUpToPowerOf2((uint)count);
            (_numbers, _misfits) = (new long[room], new int[room]);
        }
        return _numbers.AsSpan(0, count);
    }
}
