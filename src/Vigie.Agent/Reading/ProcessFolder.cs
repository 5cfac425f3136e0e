using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>
/// The processes in /proc, and what each one's stat tells. Without objects: what the runtime's own enumeration and files cost, thousands
/// of processes would cost at every reading.
/// </summary>
sealed unsafe partial class ProcessFolder(HostRoot root)
{
    const int NameAt = 19; // struct dirent on 64 bits: inode 8, offset 8, length 2, type 1, then the name

    readonly string _folder = root.Map("/proc");
    readonly byte[] _prefix = Encoding.UTF8.GetBytes(root.Map("/proc/"));
    readonly byte[] _path = new byte[Encoding.UTF8.GetByteCount(root.Map("/proc/")) + 24], _stat = new byte[512], _status = new byte[2048];

    /// <summary>Adds the number of each process. Adds nothing where there is no such folder.</summary>
    public void List(List<int> pids)
    {
        nint folder = OpenDir(_folder);
        if (folder == 0)
            return;
        while (ReadDir(folder) is var entry && entry != null)
            if (NumberOf(entry + NameAt) is > 0 and var pid)
                pids.Add(pid);
        _ = CloseDir(folder);
    }

    /// <summary>The text of /proc/[pid]/stat, valid until the next call; empty when the process has ended or is hidden from us.</summary>
    public ReadOnlySpan<byte> Stat(int pid) => Read(pid, "/stat\0"u8, _stat);

    /// <summary>The beginning of /proc/[pid]/status, on the same terms.</summary>
    public ReadOnlySpan<byte> Status(int pid) => Read(pid, "/status\0"u8, _status);

    ReadOnlySpan<byte> Read(int pid, ReadOnlySpan<byte> file, byte[] buffer)
    {
        _prefix.CopyTo(_path, 0);
        Utf8Formatter.TryFormat(pid, _path.AsSpan(_prefix.Length), out int digits);
        file.CopyTo(_path.AsSpan(_prefix.Length + digits));
        return RawFile.Read(_path, buffer);
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

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* ReadDir(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseDir(nint folder);
}
