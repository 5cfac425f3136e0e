using System.Diagnostics;

namespace Vigie.Core.Blocks;

/// <summary>Plans and writes a sequence of integers as miniblocks.</summary>
sealed class MiniBlockWriter
{
    MiniBlock[] _plan = [];

    /// <summary>Plans the sequence and tells its length in bytes.</summary>
    public int Plan(ReadOnlySpan<long> numbers)
    {
        int count = (numbers.Length + MiniBlock.Size - 1) / MiniBlock.Size, length = 0, zeros = 0;
        if (_plan.Length < count)
            _plan = new MiniBlock[count];
        long before = 0;
        for (int i = 0; i < count; i++)
        {
            _plan[i] = MiniBlock.Choose(Slice(numbers, i), before);
            before = _plan[i].Base;
            zeros = _plan[i].Form == MiniBlockForm.Zeros ? zeros + 1 : 0;
            // A run of zeros has one byte.
            if (zeros % MiniBlockControl.MostZeros == 1 || zeros == 0)
                length += _plan[i].Length;
        }
        return length;
    }

    /// <summary>Writes what was planned.</summary>
    public void Write(ReadOnlySpan<long> numbers, ByteWriter to)
    {
        int count = (numbers.Length + MiniBlock.Size - 1) / MiniBlock.Size;
        long before = 0;
        for (int i = 0; i < count; i++)
        {
            var mini = _plan[i];
            if (mini.Form == MiniBlockForm.Zeros)
            {
                int run = 1;
                while (run < MiniBlockControl.MostZeros && i + run < count && _plan[i + run].Form == MiniBlockForm.Zeros)
                    run++;
                to.Byte(MiniBlockControl.Of(mini.Form, run - 1));
                i += run - 1;
                continue;
            }
            var slice = Slice(numbers, i);
            // At less than four bits for a number there is little to be won, and the search is not free.
            if (mini.Length > slice.Length / 2 && Outliers.Find(slice, mini, before, out var outliers))
                before = WriteOutliers(slice, outliers, before, to);
            else
            {
                to.Byte(MiniBlockControl.Of(mini.Form, MiniBlockControl.OfWidth(mini.Width)));
                to.Signed(mini.Base - before);
                before = mini.Base;
                if (mini.Form == MiniBlockForm.Packed)
                    Pack(slice, mini.Base, mini.Width, to);
                else
                    WriteSparse(slice, mini, to);
            }
        }
    }

    /// <returns>The base, for the next miniblock.</returns>
    static long WriteOutliers(ReadOnlySpan<long> numbers, Outliers outliers, long before, ByteWriter to)
    {
        Span<long> window = stackalloc long[MiniBlock.Size];
        Span<long> positions = stackalloc long[MiniBlock.Size], listed = stackalloc long[MiniBlock.Size];
        int count = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            bool within = Outliers.Within(numbers[i], outliers.Base, outliers.Width);
            window[i] = within ? numbers[i] : outliers.Base;
            (positions[count], listed[count]) = (i, numbers[i]);
            count += within ? 0 : 1;
        }
        Debug.Assert(count == outliers.Count);
        to.Byte(MiniBlockControl.Outliers);
        to.Byte(MiniBlockControl.OfWidth(outliers.Width));
        to.Signed(outliers.Base - before);
        to.Byte((byte)count);
        to.Byte(MiniBlockControl.OfWidth(outliers.ListWidth));
        to.Signed(outliers.ListBase - outliers.Base);
        Pack(window[..numbers.Length], outliers.Base, outliers.Width, to);
        Pack(positions[..count], 0, MiniBlock.PositionBits, to);
        Pack(listed[..count], outliers.ListBase, outliers.ListWidth, to);
        return outliers.Base;
    }

    static void WriteSparse(ReadOnlySpan<long> numbers, MiniBlock mini, ByteWriter to)
    {
        Span<long> positions = stackalloc long[MiniBlock.Size], listed = stackalloc long[MiniBlock.Size];
        int count = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            (positions[count], listed[count]) = (i, numbers[i]);
            count += numbers[i] != 0 ? 1 : 0;
        }
        Debug.Assert(count == mini.Listed);
        if (mini.Form == MiniBlockForm.Positions)
        {
            to.Byte((byte)count);
            Pack(positions[..count], 0, MiniBlock.PositionBits, to);
        }
        else
        {
            Span<byte> bitmap = stackalloc byte[MiniBlock.Size / 8];
            bitmap.Clear();
            foreach (long position in positions[..count])
                bitmap[(int)position >> 3] |= (byte)(1 << ((int)position & 7));
            to.Bytes(bitmap[..BitPacking.Length(numbers.Length, 1)]);
        }
        Pack(listed[..count], mini.Base, mini.Width, to);
    }

    static void Pack(ReadOnlySpan<long> numbers, long origin, int width, ByteWriter to)
    {
        int length = BitPacking.Length(numbers.Length, width);
        BitPacking.Pack(numbers, origin, width, to.Room(length + BitPacking.Slack));
        to.Advance(length);
    }

    static ReadOnlySpan<long> Slice(ReadOnlySpan<long> numbers, int block)
    {
        int start = block * MiniBlock.Size;
        return numbers.Slice(start, Math.Min(MiniBlock.Size, numbers.Length - start));
    }
}
