using System.Runtime.InteropServices;

namespace Vigie.Agent.Reading;

/// <summary>
/// Reads a small file by three system calls and nothing else: for folders of which thousands of files are read in each round, where the
/// runtime's own way costs some calls and objects more for each.
/// </summary>
static partial class RawFile
{
    const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>The file's first bytes, as many as the buffer holds; empty when it can't be read.</summary>
    /// <param name="path">Ends with a zero byte.</param>
    /// <param name="buffer">Holds what is returned.</param>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        int file = Open(ref MemoryMarshal.GetReference(path), ReadOnlyCloseOnExec);
        if (file < 0)
            return default;
        nint read = Read(file, ref MemoryMarshal.GetReference(buffer), buffer.Length);
        Close(file);
        return read > 0 ? buffer[..(int)read] : default;
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(ref byte path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
