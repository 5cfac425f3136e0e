using System.Buffers.Binary;

namespace Vigie.Agent.Reading;

/// <summary>
/// Unpacks LZ4 frames (version 1.6 of the format), in which apt keeps its lists where space matters, as in container images. Checksums
/// are passed over: apt has verified what it stored.
/// </summary>
sealed class Lz4Stream(Stream packed) : Stream
{
    const uint Magic = 0x184D2204, Stored = 0x80000000;
    const int History = 64 * 1024, LeastMatch = 4, Extended = 15;

    byte[] _block = [], _window = [];
    bool _inFrame, _checksums, _contentChecksum;
    int _begin, _end; // of what is unpacked and not yet read, within the window

    /// <exception cref="InvalidDataException">It is no LZ4, or damaged.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_begin == _end)
            if (!(_inFrame || BeginFrame()) || !NextBlock())
                return 0;
        int length = Math.Min(count, _end - _begin);
        _window.AsSpan(_begin, length).CopyTo(buffer.AsSpan(offset));
        _begin += length;
        return length;
    }

    /// <summary>False at the end of the file.</summary>
    bool BeginFrame()
    {
        Span<byte> head = stackalloc byte[6];
        int read = packed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (read == 0)
            return false;
        byte flags = head[4];
        if (read < head.Length || BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic || flags >> 6 != 1)
            throw new InvalidDataException("an LZ4 frame was expected");
        (_checksums, _contentChecksum, _inFrame) = ((flags & 0x10) != 0, (flags & 0x04) != 0, true);
        Skip(((flags & 0x08) != 0 ? 8 : 0) + ((flags & 0x01) != 0 ? 4 : 0) + 1); // content size, dictionary, the header's own checksum
        int most = (head[5] >> 4 & 7) switch { 4 => 64 * 1024, 5 => 256 * 1024, 6 => 1024 * 1024, _ => 4 * 1024 * 1024 };
        if (_block.Length < most)
            (_block, _window) = (new byte[most], new byte[History + most]);
        _begin = _end = 0;
        return true;
    }

    /// <summary>Unpacks one block behind the last 64 KiB of those before, into which it may refer. False at the end of the file.</summary>
    bool NextBlock()
    {
        Span<byte> head = stackalloc byte[4];
        packed.ReadExactly(head);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (size == 0)
        {
            Skip(_contentChecksum ? 4 : 0);
            _inFrame = false;
            return BeginFrame();
        }
        int length = (int)(size & ~Stored);
        if (length > _block.Length)
            throw new InvalidDataException($"an LZ4 block of at most {_block.Length} bytes was expected, found {length}");
        packed.ReadExactly(_block, 0, length);
        Skip(_checksums ? 4 : 0);
        int kept = Math.Min(History, _end);
        _window.AsSpan(_end - kept, kept).CopyTo(_window);
        _begin = kept;
        var block = _block.AsSpan(0, length);
        _end = (size & Stored) != 0 ? Copy(block, _window, kept) : Unpack(block, _window, kept);
        return true;
    }

    /// <returns>The end of what is unpacked.</returns>
    static int Unpack(ReadOnlySpan<byte> block, Span<byte> window, int at)
    {
        for (int i = 0; i < block.Length;)
        {
            int token = block[i++], literals = LengthOf(block, ref i, token >> 4);
            if (literals > block.Length - i)
                throw Damaged();
            at = Copy(block.Slice(i, literals), window, at);
            i += literals;
            if (i == block.Length)
                break; // the last sequence has no match
            if (block.Length - i < 2)
                throw Damaged();
            int distance = BinaryPrimitives.ReadUInt16LittleEndian(block[i..]);
            i += 2;
            int match = LengthOf(block, ref i, token & 15) + LeastMatch;
            if (distance == 0 || distance > at || match > window.Length - at)
                throw Damaged();
            for (int end = at + match; at < end; at++)
                window[at] = window[at - distance]; // one by one, as a match may overlap what it makes
        }
        return at;
    }

    static int LengthOf(ReadOnlySpan<byte> block, ref int i, int length)
    {
        if (length < Extended)
            return length;
        byte more;
        do
        {
            if (i == block.Length)
                throw Damaged();
            more = block[i++];
            length += more;
        }
        while (more == byte.MaxValue);
        return length;
    }

    static int Copy(ReadOnlySpan<byte> from, Span<byte> window, int at)
    {
        if (from.Length > window.Length - at)
            throw Damaged();
        from.CopyTo(window[at..]);
        return at + from.Length;
    }

    static InvalidDataException Damaged() => new("an LZ4 block is damaged");

    void Skip(int bytes)
    {
        Span<byte> skipped = stackalloc byte[16];
        packed.ReadExactly(skipped[..bytes]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            packed.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
