using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Inventory;

/// <summary>
/// Services that still run code which is no more on the disk, because an update has replaced it (/proc/PID/maps): they need a restart
/// before the update helps. The kernel shows this of other users' processes to root and CAP_SYS_PTRACE only; the rest is counted.
/// </summary>
sealed class DeletedFiles(HostRoot root)
{
    const int MostFiles = 5, MostServices = 200;

    // Code elsewhere was made to be gone: temporary files of compilers, shared memory, homes.
    static readonly string[] Folders = ["/usr/", "/lib", "/bin/", "/sbin/", "/opt/"];

    public (IReadOnlyList<StaleService> Services, int Unread) Read()
    {
        var found = new SortedDictionary<string, (int Processes, SortedSet<string> Files)>(StringComparer.Ordinal);
        int unread = 0;
        var pids = new List<int>();
        new ProcessFolder(root).List(pids);
        foreach (int pid in pids)
        {
            var files = new SortedSet<string>(StringComparer.Ordinal);
            if (!TryRead($"/proc/{pid}/maps", files))
                unread++;
            else if (files.Count > 0)
            {
                string unit = Unit(root.ReadText($"/proc/{pid}/cgroup")) ?? root.ReadLine($"/proc/{pid}/comm");
                var sum = found.GetValueOrDefault(unit, (0, new(StringComparer.Ordinal)));
                sum.Item2.UnionWith(files);
                found[unit] = (sum.Item1 + 1, sum.Item2);
            }
        }
        return ([.. found.Take(MostServices).Select(f => new StaleService(f.Key, f.Value.Processes, [.. f.Value.Files.Take(MostFiles)]))], unread);
    }

    /// <summary>False when the agent may not read it; a process that has ended in the meantime uses nothing.</summary>
    bool TryRead(string path, SortedSet<string> files)
    {
        try
        {
            using var lines = new LineStream(new FileStream(root.Map(path), FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
            while (lines.TryRead(out var line))
                if (Deleted(line) is { } file)
                    files.Add(file);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // 7f0c8a200000-7f0c8a25b000 r-xp 00028000 08:01 1234567   /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)
    static string? Deleted(ReadOnlySpan<byte> line)
    {
        if (!line.EndsWith(" (deleted)"u8) || !line.TakeField(out _) || !line.TakeField(out var rights) || rights.Length < 4 || rights[2] != 'x'
            || !line.SkipFields(3))
            return null;
        string path = Encoding.UTF8.GetString(line.Trim((byte)' ')[..^" (deleted)".Length]);
        return Folders.Any(f => path.StartsWith(f, StringComparison.Ordinal)) ? PackageList.Clip(path) : null;
    }

    /// <summary>The outermost unit of a process' path: <c>0::/system.slice/ssh.service</c>, or a user's whole manager.</summary>
    static string? Unit(string cgroup)
    {
        foreach (var line in cgroup.Split('\n'))
            if (line.StartsWith("0::", StringComparison.Ordinal) || line.Contains(":name=systemd:", StringComparison.Ordinal))
                foreach (var part in line[(line.LastIndexOf(':') + 1)..].Split('/'))
                    if (part.EndsWith(".service", StringComparison.Ordinal) || part.EndsWith(".scope", StringComparison.Ordinal))
                        return PackageList.Clip(part);
        return null;
    }
}
