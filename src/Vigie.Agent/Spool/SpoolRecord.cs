using System.Buffers.Binary;
using Vigie.Core.Blocks;

namespace Vigie.Agent.Spool;

/// <summary>
/// The head of a record in a spool's file (docs/format/spool.md). It has a checksum of its own: when the request behind it is damaged, the
/// samples that are lost can still be counted, and the next record found.
/// </summary>
/// <param name="Length">Bytes of the compressed request.</param>
/// <param name="Samples">Samples in it.</param>
/// <param name="UnixMs">When it was measured.</param>
readonly record struct SpoolRecord(int Length, int Samples, long UnixMs)
{
    public const int HeadBytes = 20, TailBytes = 4;

    /// <summary>A request of one round is some kilobytes; a length beyond this is damage.</summary>
    public const int MostLength = 16 * 1024 * 1024;

    /// <summary>The whole record: head, request, checksum of the request.</summary>
    public int Bytes => HeadBytes + Length + TailBytes;

    public void Write(Span<byte> to, ReadOnlySpan<byte> request)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], Samples);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], UnixMs);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], Crc32C.Of(to[..16]));
        request.CopyTo(to[HeadBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(to[(HeadBytes + Length)..], Crc32C.Of(request));
    }

    /// <summary>False when this is no head of a record.</summary>
    public static bool TryRead(ReadOnlySpan<byte> head, out SpoolRecord record)
    {
        record = default;
        if (head.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(head[16..]) != Crc32C.Of(head[..16]))
            return false;
        record = new(BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[8..]));
        return record is { Length: >= 0 and <= MostLength, Samples: >= 0 };
    }

    /// <summary>Whether the request and its checksum, as read, belong together.</summary>
    public bool Holds(ReadOnlySpan<byte> requestAndTail) =>
        requestAndTail.Length == Length + TailBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(requestAndTail[Length..]) == Crc32C.Of(requestAndTail[..Length]);
}
