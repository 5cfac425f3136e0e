using System.Buffers;

namespace Vigie.Hub.Ingest;

/// <summary>A growing buffer of one request, lent by the shared pool.</summary>
sealed class PooledBytes(int capacity) : IDisposable
{
    byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    /// <summary>Valid until the next write, and not after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Room behind what was written, at least <paramref name="size"/> bytes.</summary>
    public Memory<byte> Room(int size)
    {
        if (_bytes.Length - Length < size)
        {
            long needed = Math.Max(_bytes.Length * 2L, (long)Length + size);
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, needed));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        return _bytes.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length).Span);
        Length += bytes.Length;
    }

    /// <summary>What was written, to be read as a stream.</summary>
    public MemoryStream OpenRead() => new(_bytes, 0, Length, writable: false);

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }
}
