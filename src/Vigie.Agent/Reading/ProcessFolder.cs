using System.Runtime.InteropServices;

namespace Vigie.Agent.Reading;

/// <summary>
/// The numbers in /proc, read from a folder that is held open: what the runtime's own enumeration costs in objects, thousands of
/// processes would cost at every round.
/// </summary>
sealed unsafe partial class ProcessFolder(string path)
{
    const int NameAt = 19; // struct dirent on 64 bits: inode 8, offset 8, length 2, type 1, then the name

    nint _folder;

    /// <summary>Adds the number of each process. Adds nothing where there is no such folder.</summary>
    public void List(List<int> pids)
    {
        if (_folder == 0 && (_folder = OpenDir(path)) == 0)
            return;
        RewindDir(_folder);
        while (ReadDir(_folder) is var entry && entry != null)
            if (NumberOf(entry + NameAt) is > 0 and var pid)
                pids.Add(pid);
    }

    static int NumberOf(byte* name)
    {
        int number = 0;
        for (; *name != 0; name++)
        {
            if (*name is < (byte)'0' or > (byte)'9' || number > int.MaxValue / 10 - 1)
                return 0;
            number = number * 10 + (*name - '0');
        }
        return number;
    }

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenDir(string path);

    [LibraryImport("libc", EntryPoint = "rewinddir")]
    private static partial void RewindDir(nint folder);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* ReadDir(nint folder);
}
