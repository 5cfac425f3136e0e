using System.Buffers;
using System.Buffers.Text;

namespace Vigie.Hub.Api;

/// <summary>
/// Writes lists of points, <c>[[1795521600,"0.5"],…]</c>. Answers are made of little else, up to millions of them, so they are put
/// straight into the connection's buffer, and the text of an instant that the series before had at the same place is copied.
/// </summary>
sealed class PointWriter(IBufferWriter<byte> to)
{
    /// <summary>Bytes asked for at once; a point takes at most <see cref="MostOfPoint"/> of them.</summary>
    const int Piece = 16 * 1024;

    public const int MostOfPoint = (2 * NumberText.MostBytes) + 8;

    /// <summary>A text of an instant, with its length in the last byte.</summary>
    const int Slot = 24;

    long[] _times = [];
    byte[] _texts = [];

    /// <returns>Bytes written.</returns>
    public long Write(ReadOnlySpan<long> timesMs, ReadOnlySpan<double> values)
    {
        Grow(timesMs.Length);
        long written = 0;
        var piece = to.GetSpan(Piece);
        int at = 0;
        piece[at++] = (byte)'[';
        for (int i = 0; i < values.Length; i++)
        {
            if (piece.Length - at < MostOfPoint)
            {
                to.Advance(at);
                written += at;
                piece = to.GetSpan(Piece);
                at = 0;
            }
            if (i > 0)
                piece[at++] = (byte)',';
            at += Write(i, timesMs[i], values[i], piece[at..]);
        }
        piece[at++] = (byte)']';
        to.Advance(at);
        return written + at;
    }

    int Write(int place, long timeMs, double value, Span<byte> to)
    {
        to[0] = (byte)'[';
        int at = 1 + CopyTime(place, timeMs, to[1..]);
        return at + WriteValue(value, to[at..]);
    }

    static int WriteValue(double value, Span<byte> to)
    {
        to[0] = (byte)',';
        to[1] = (byte)'"';
        int at = 2 + NumberText.Write(value, to[2..]);
        to[at] = (byte)'"';
        to[at + 1] = (byte)']';
        return at + 2;
    }

    int CopyTime(int place, long timeMs, Span<byte> to)
    {
        var slot = _texts.AsSpan(place * Slot, Slot);
        if (_times[place] != timeMs || slot[Slot - 1] == 0)
        {
            Span<byte> text = stackalloc byte[NumberText.MostBytes];
            int length = NumberText.WriteSeconds(timeMs, text);
            if (length >= Slot)
            {
                text[..length].CopyTo(to); // a year beyond all calendars
                return length;
            }
            text[..length].CopyTo(slot);
            (_times[place], slot[Slot - 1]) = (timeMs, (byte)length);
        }
        slot.CopyTo(to); // all of it: a fixed length is copied faster, and what is behind the text is written over
        return slot[Slot - 1];
    }

    void Grow(int points)
    {
        if (_times.Length >= points)
            return;
        _times = new long[points];
        _texts = new byte[points * Slot];
    }

    /// <summary>One instant, and one point, without the list around it.</summary>
    public static int WriteOne(long timeMs, double value, Span<byte> to)
    {
        to[0] = (byte)'[';
        int at = 1 + NumberText.WriteSeconds(timeMs, to[1..]);
        return at + WriteValue(value, to[at..]);
    }
}
