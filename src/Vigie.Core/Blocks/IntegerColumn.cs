using System.Numerics;

namespace Vigie.Core.Blocks;

/// <summary>Writes integers in the smallest of the encodings. Sums and differences wrap modulo 2^64, so none overflows.</summary>
sealed class IntegerColumn
{
    readonly MiniBlockWriter[] _plans = [new(), new(), new()];
    long[] _deltas = [], _values = [], _second = [];

    /// <summary>Chooses and writes; <paramref name="kind"/> and <paramref name="exceptions"/> belong between.</summary>
    /// <param name="integers">At least one.</param>
    public void Write(ReadOnlySpan<long> integers, int kind, ReadOnlySpan<byte> exceptions, ByteWriter to)
    {
        long first = integers[0];
        var deltas = Deltas(integers);
        if (deltas.IndexOfAnyExcept(deltas.Length > 0 ? deltas[0] : 0) < 0)
        {
            bool constant = deltas.Length == 0 || deltas[0] == 0;
            Head(constant ? ColumnEncoding.Constant : ColumnEncoding.Line, kind, exceptions, to);
            to.Signed(first);
            if (!constant)
                to.Signed(deltas[0]);
            return;
        }

        ulong divisor = DivideOut(deltas);
        var values = _values.AsSpan(0, deltas.Length);
        var second = _second.AsSpan(0, deltas.Length - 1);
        long sum = 0;
        for (int i = 0; i < deltas.Length; i++)
            values[i] = sum += deltas[i];
        for (int i = 0; i < second.Length; i++)
            second[i] = deltas[i + 1] - deltas[i];
        int byValues = _plans[0].Plan(values), byDeltas = _plans[1].Plan(deltas);
        int bySecond = _plans[2].Plan(second) + ByteWriter.SignedLength(deltas[0]);

        var encoding = byDeltas <= byValues && byDeltas <= bySecond ? ColumnEncoding.Deltas
            : byValues <= bySecond ? ColumnEncoding.Values
            : ColumnEncoding.DeltasOfDeltas;
        if (divisor != 1)
            kind |= ColumnKind.Divisor;
        Head(encoding, kind, exceptions, to, divisor);
        to.Signed(first);
        if (encoding == ColumnEncoding.Values)
            _plans[0].Write(values, to);
        else if (encoding == ColumnEncoding.Deltas)
            _plans[1].Write(deltas, to);
        else
        {
            to.Signed(deltas[0]);
            _plans[2].Write(second, to);
        }
    }

    static void Head(ColumnEncoding encoding, int kind, ReadOnlySpan<byte> exceptions, ByteWriter to, ulong divisor = 1)
    {
        to.Byte((byte)encoding);
        to.Byte((byte)kind);
        if (divisor != 1)
            to.Varint(divisor);
        to.Bytes(exceptions);
    }

    Span<long> Deltas(ReadOnlySpan<long> integers)
    {
        if (_deltas.Length < integers.Length)
        {
            int room = (int)BitOperations.RoundUpToPowerOf2((uint)integers.Length);
            (_deltas, _values, _second) = (new long[room], new long[room], new long[room]);
        }
        var deltas = _deltas.AsSpan(0, integers.Length - 1);
        for (int i = 0; i < deltas.Length; i++)
            deltas[i] = integers[i + 1] - integers[i];
        return deltas;
    }

    /// <summary>Divides the numbers, not all of them zero, by their greatest common divisor.</summary>
    static ulong DivideOut(Span<long> numbers)
    {
        long all = 0;
        foreach (long number in numbers)
            all |= number;
        int shift = BitOperations.TrailingZeroCount(all);
        ulong odd = 0;
        foreach (long number in numbers)
        {
            odd = GreatestCommonDivisor(odd, Magnitude(number) >> shift);
            if (odd == 1)
                break;
        }
        if (shift > 0)
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] >>= shift;
        if (odd > 1)
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] /= (long)odd;
        return odd << shift;
    }

    static ulong Magnitude(long number) => number < 0 ? 0 - (ulong)number : (ulong)number;

    static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }

    /// <summary>Reads the integers that <see cref="Write"/> wrote, from behind the exceptions.</summary>
    public static void Read(ref ByteReader reader, ColumnEncoding encoding, ulong divisor, long origin, Span<long> integers)
    {
        long factor = (long)divisor, value = reader.Signed() + origin, delta;
        var rest = integers[1..];
        integers[0] = value;
        switch (encoding)
        {
            case ColumnEncoding.Constant:
                rest.Fill(value);
                break;
            case ColumnEncoding.Line:
                delta = reader.Signed() * factor;
                foreach (ref long number in rest)
                    number = value += delta;
                break;
            case ColumnEncoding.Values:
                MiniBlockReader.Read(ref reader, factor, rest);
                foreach (ref long number in rest)
                    number += value;
                break;
            case ColumnEncoding.Deltas:
                MiniBlockReader.Read(ref reader, factor, rest);
                foreach (ref long number in rest)
                    number = value += number;
                break;
            case ColumnEncoding.DeltasOfDeltas:
                delta = reader.Signed() * factor;
                if (rest.Length == 0)
                    throw reader.Error("two values at least", "one");
                rest[0] = value += delta;
                MiniBlockReader.Read(ref reader, factor, rest[1..]);
                foreach (ref long number in rest[1..])
                    number = value += delta += number;
                break;
            default:
                throw reader.Error("an encoding from 0 to 4", $"{(int)encoding}");
        }
    }
}
