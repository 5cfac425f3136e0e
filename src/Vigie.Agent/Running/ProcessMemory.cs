using System.Runtime.InteropServices;

namespace Vigie.Agent.Running;

/// <summary>
/// Keeps the program's memory what its work needs. Of what a small program holds, most is left over from its start, or kept for a
/// crowd of threads that it does not have (docs/decisions/0009-the-agents-own-http.md has the figures).
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

    /// <summary>
    /// Gives back what only the start has needed: objects that nobody has any more, and pages of code, which come from their files again
    /// when they are wanted.
    /// </summary>
    public static void LetGoOfStart()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            foreach (string line in File.ReadLines("/proc/self/maps"))
                if (CodeOf(line) is var (from, to))
                    _ = MAdvise(from, (nuint)(to - from), DontNeed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only stays larger.
        }
    }

    // 55c071e15000-55c072207000 r-xp 0000e000 fe:00 11886865 /usr/local/bin/vigie-agent. Code alone: pages that can be written, or could
    // be, hold what is in no file.
    static (nint From, nint To)? CodeOf(string line)
    {
        int dash = line.IndexOf('-'), blank = line.IndexOf(' ');
        return line.AsSpan(blank + 1).StartsWith("r-xp") && line.Contains('/')
            && nint.TryParse(line.AsSpan(0, dash), System.Globalization.NumberStyles.HexNumber, null, out nint from)
            && nint.TryParse(line.AsSpan(dash + 1, blank - dash - 1), System.Globalization.NumberStyles.HexNumber, null, out nint to)
                ? (from, to) : null;
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(nint address, nuint length, int advice);
}
