using System.Runtime.InteropServices;

namespace Vigie.Agent.Http;

/// <summary>
/// Compresses whole pieces by gzip into a buffer of its own. The runtime's streams take a quarter of a megabyte for each, which an agent
/// would take and give back at every round; the same library under them does with a window as large as what is sent.
/// </summary>
sealed unsafe partial class Gzip
{
    const int Level = 6, Deflated = 8, WindowOf16KiB = 14, GzipFormat = 16, MemoryLevel = 7, UsualStrategy = 0, Finish = 4, StreamEnd = 1;
    const string Library = "libSystem.IO.Compression.Native";

    byte[] _buffer = [];

    /// <summary>As the runtime declares it to the library.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Stream
    {
        public byte* NextIn, NextOut;
        public nint Message, State;
        public uint AvailableIn, AvailableOut;
    }

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> plain)
    {
        // What can't be compressed grows by a few bytes for each block of it.
        int most = plain.Length + plain.Length / 8 + 256;
        if (_buffer.Length < most)
            _buffer = new byte[most];
        fixed (byte* from = plain, to = _buffer)
        {
            var stream = new Stream { NextIn = from, AvailableIn = (uint)plain.Length, NextOut = to, AvailableOut = (uint)_buffer.Length };
            int result = DeflateInit(&stream, Level, Deflated, GzipFormat + WindowOf16KiB, MemoryLevel, UsualStrategy);
            if (result == 0)
            {
                result = Deflate(&stream, Finish);
                _ = DeflateEnd(&stream);
            }
            if (result != StreamEnd)
                throw new InvalidOperationException($"gzip failed with {result}");
            return _buffer.AsSpan(0, _buffer.Length - (int)stream.AvailableOut);
        }
    }

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateInit2_")]
    private static partial int DeflateInit(Stream* stream, int level, int method, int windowBits, int memoryLevel, int strategy);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Deflate")]
    private static partial int Deflate(Stream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateEnd")]
    private static partial int DeflateEnd(Stream* stream);
}
