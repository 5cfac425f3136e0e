using System.Runtime.InteropServices;

namespace Vigie.Core.Blocks;

/// <summary>Decodes the bytes of one column; allocates nothing unless they are damaged.</summary>
static class ColumnDecoder
{
    /// <exception cref="BlockFormatException">The bytes are not a times column of that length.</exception>
    public static void DecodeTimes(ReadOnlySpan<byte> encoded, long firstMs, Span<long> timesMs)
    {
        var reader = new ByteReader(encoded, "times");
        var encoding = (ColumnEncoding)reader.Byte();
        int kind = reader.Byte();
        if ((kind & ~ColumnKind.Divisor) != 0)
            throw reader.Error("whole numbers without exceptions", $"kind {kind}");
        IntegerColumn.Read(ref reader, encoding, Divisor(ref reader, kind), firstMs, timesMs);
        reader.End();
    }

    /// <exception cref="BlockFormatException">The bytes are not a column of that length.</exception>
    public static void DecodeValues(ReadOnlySpan<byte> encoded, Span<double> values)
    {
        var reader = new ByteReader(encoded, "column");
        var encoding = (ColumnEncoding)reader.Byte();
        int kind = reader.Byte(), exponent = kind & ColumnKind.Mask;
        if (exponent > Decimals.MaxExponent && exponent != ColumnKind.Bits)
            throw reader.Error($"an exponent up to {Decimals.MaxExponent}, or {ColumnKind.Bits} for bits", $"{exponent}");
        ulong divisor = Divisor(ref reader, kind);
        var exceptions = reader;
        if ((kind & ColumnKind.Exceptions) != 0)
            ReadExceptions(ref reader, values);
        // The integers stand where their doubles will.
        IntegerColumn.Read(ref reader, encoding, divisor, 0, MemoryMarshal.Cast<double, long>(values));
        if (exponent != ColumnKind.Bits)
            Decimals.ToDoubles(values, exponent);
        if ((kind & ColumnKind.Corrections) != 0)
            Correct(ref reader, MemoryMarshal.Cast<double, long>(values));
        reader.End();
        if ((kind & ColumnKind.Exceptions) != 0)
            ReadExceptions(ref exceptions, values);
    }

    static void Correct(ref ByteReader reader, Span<long> bits)
    {
        Span<long> some = stackalloc long[MiniBlock.Size];
        var corrections = new MiniBlockReader(factor: 1);
        while (bits.Length > 0)
        {
            var part = some[..Math.Min(bits.Length, some.Length)];
            corrections.Next(ref reader, part, bits.Length);
            for (int i = 0; i < part.Length; i++)
                bits[i] += part[i];
            bits = bits[part.Length..];
        }
    }

    static ulong Divisor(ref ByteReader reader, int kind) => (kind & ColumnKind.Divisor) != 0 ? reader.Varint() : 1;

    static void ReadExceptions(ref ByteReader reader, Span<double> values)
    {
        int runs = reader.Number("a number of exceptions", 1, values.Length), next = 0;
        for (int i = 0; i < runs; i++)
        {
            int gap = reader.Number("a gap", 0, int.MaxValue);
            long start = next + (gap >> 1);
            long length = (gap & 1) != 0 ? reader.Number("the length of a run", 2, values.Length) : 1;
            if (start + length > values.Length)
                throw reader.Error($"an exception within {values.Length} values", $"one to {start + length}");
            values.Slice((int)start, (int)length).Fill(BitConverter.Int64BitsToDouble(reader.Fixed64()));
            next = (int)(start + length);
        }
    }
}
