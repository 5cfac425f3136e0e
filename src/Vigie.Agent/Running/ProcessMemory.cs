using System.Buffers.Text;
using System.Runtime.InteropServices;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Running;

/// <summary>
/// Keeps the program's memory what its work needs. Of what a small program holds, most is left over from its start, or kept for a
/// crowd of threads that it does not have (docs/decisions/0010-the-agents-own-http.md has the figures).
/// </summary>
static partial class ProcessMemory
{
    const int TrimThreshold = -1, MmapThreshold = -3, ArenaMax = -8; // M_… of malloc.h

    const int DontNeed = 4; // MADV_DONTNEED

    /// <summary>One heap for all threads, from which what is freed goes back. To be called before threads are started.</summary>
    public static void OneHeap()
    {
        _ = MallOpt(ArenaMax, 1);
        _ = MallOpt(TrimThreshold, 64 * 1024);
        _ = MallOpt(MmapThreshold, 128 * 1024);
    }

    /// <summary>Gives back what only the start has needed: objects that nobody has any more, and <see cref="LetGoOfFiles"/>.</summary>
    public static void LetGoOfStart()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        LetGoOfFiles();
    }

    /// <summary>
    /// Gives back pages of files as they are in the files, code above all, which come from there again when they are wanted: for after work
    /// that uses much of the program and is done seldom.
    /// </summary>
    public static void LetGoOfFiles()
    {
        try
        {
            using var lines = new LineStream(new FileStream("/proc/self/smaps", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0));
            (nint From, nint To)? pages = null;
            while (lines.TryRead(out var line))
            {
                if (RangeOf(line) is { } range)
                    pages = IsReadOnlyFile(line) ? range : null;
                // What was changed after it was read (addresses, by the loader) is told last but a few lines.
                else if (pages is var (from, to) && line.StartsWith("Anonymous:"u8) && line.EndsWith(" 0 kB"u8))
                    _ = MAdvise(from, (nuint)(to - from), DontNeed);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only stays larger.
        }
    }

    // 55c071e15000-55c072207000 r-xp 0000e000 fe:00 11886865 /usr/local/bin/vigie-agent
    static (nint From, nint To)? RangeOf(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line, out long from, out int digits, 'x') && digits < line.Length && line[digits] == '-'
            && Utf8Parser.TryParse(line[(digits + 1)..], out long to, out _, 'x') ? ((nint)from, (nint)to) : null;

    static bool IsReadOnlyFile(ReadOnlySpan<byte> line) => line.Contains((byte)'/') && (line.IndexOf(" r-xp "u8) >= 0 || line.IndexOf(" r--p "u8) >= 0);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(nint address, nuint length, int advice);
}
