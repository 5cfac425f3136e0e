using System.Runtime.InteropServices;

namespace Vigie.Agent.Reading;

/// <summary>What a file system says of itself: sizes in blocks of BlockBytes bytes, and inodes.</summary>
readonly record struct FileSystemSpace(ulong BlockBytes, ulong Blocks, ulong Free, ulong Available, ulong Inodes, ulong FreeInodes);

/// <summary>Asks a mounted file system for its space. May never return when its server is gone.</summary>
delegate FileSystemSpace ReadSpace(string mountpoint);

static partial class StatVfs
{
    // struct statvfs begins with these eight words on every 64-bit Linux, glibc and musl alike; 256 bytes are room for all of it.
    const int Words = 32, BlockSize = 0, FragmentSize = 1, Blocks = 2, Free = 3, Available = 4, Inodes = 5, FreeInodes = 6;

    /// <exception cref="IOException">The system call failed, with the kernel's reason.</exception>
    public static FileSystemSpace Read(string path)
    {
        Span<ulong> words = stackalloc ulong[Words];
        if (Call(path, ref MemoryMarshal.GetReference(words)) != 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        return new(words[FragmentSize] > 0 ? words[FragmentSize] : words[BlockSize],
            words[Blocks], words[Free], words[Available], words[Inodes], words[FreeInodes]);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Call(string path, ref ulong words);
}
