using Vigie.Core.Protobuf;

namespace Vigie.Core.RemoteWrite;

/// <summary>The texts of one request of version 2.0, as places in its body. Reused from request to request.</summary>
sealed class Symbols
{
    /// <summary>More than any honest request holds in 64 MiB; a place takes four times the two bytes of an empty text.</summary>
    public const int Most = 4 << 20;

    /// <summary>A larger table is not kept for the next request.</summary>
    const int LargestKept = 64 << 10;

    (int Start, int Length)[] _places = new (int, int)[256];

    public int Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        if (_places.Length > LargestKept)
            _places = new (int, int)[256];
    }

    public void Add(int start, int length, int offset)
    {
        if (Count == Most)
            throw new WireFormatException($"the request has more than {Most} symbols", offset);
        if (Count == 0 && length != 0)
            throw new WireFormatException("the first symbol is not the empty text", offset);
        if (Count == _places.Length)
            Array.Resize(ref _places, Count * 2);
        _places[Count++] = (start, length);
    }

    /// <summary>Whether there is a symbol of that number.</summary>
    public bool TryGet(ulong number, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> text)
    {
        if (number >= (ulong)Count)
        {
            text = default;
            return false;
        }
        var (start, length) = _places[(int)number];
        text = body.Slice(start, length);
        return true;
    }
}
