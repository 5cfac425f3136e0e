using System.Runtime.InteropServices;

namespace Vigie.Hub;

/// <summary>
/// What the C library holds of freed memory. The just-in-time compiler needs a dozen megabytes while a hub warms up, on several
/// threads; glibc keeps an arena for each and gives little of them back by itself. Another C library is left alone.
/// </summary>
static class NativeMemory
{
    const int ArenaMax = -8; // M_ARENA_MAX of malloc.h

    /// <summary>To be called before there are threads that allocate much.</summary>
    public static void Bound() => Call(() => mallopt(ArenaMax, 2));

    /// <summary>Gives freed pages back to the system.</summary>
    public static void GiveBack() => Call(() => malloc_trim(0));

    static void Call(Func<int> call)
    {
        try
        {
            call();
        }
        catch (EntryPointNotFoundException)
        {
            // musl has neither
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int mallopt(int parameter, int value);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int malloc_trim(nuint pad);
}
