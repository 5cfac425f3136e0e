using System.Numerics;

namespace Vigie.Core.Blocks;

/// <summary>Encodes columns one after the other into a buffer of the caller. Not thread safe.</summary>
sealed class ColumnEncoder
{
    readonly IntegerColumn _integers = new();
    readonly ByteWriter _exceptions = new();
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

    public void EncodeValues(ReadOnlySpan<double> values, ByteWriter to)
    {
        int start = to.Length;
        if (Decimals.ExponentOf(values) is not { } exponent)
        {
            EncodeBits(values, to);
            return;
        }
        var numbers = Numbers(values.Length);
        int misfits = Decimals.ToIntegers(values, exponent, numbers, _misfits);
        _exceptions.Clear();
        if (misfits > 0)
            WriteExceptions(values, _misfits.AsSpan(0, misfits));
        _integers.Write(numbers, misfits > 0 ? exponent | ColumnKind.Exceptions : exponent, _exceptions.Written, to);

        // Long decimals, and few values that repeat, may have simpler bits.
        int middle = to.Length, length = middle - start;
        if (length <= 4 * values.Length)
            return;
        EncodeBits(values, to);
        if (to.Length - middle < length)
            to.Remove(start, middle);
        else
            to.Truncate(middle);
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
