using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>The kernel that runs against those that are installed (/lib/modules).</summary>
sealed class KernelRelease(HostRoot root)
{
    const string Modules = "/lib/modules";

    readonly HostFile _running = root.File("/proc/sys/kernel/osrelease");

    /// <summary>Whether a newer kernel of the same kind waits for a restart; null when the host doesn't tell, as a container.</summary>
    public bool? IsOutdated()
    {
        var text = _running.ReadIfGiven();
        text.TakeLine(out var line);
        if (line.IsEmpty || !Directory.Exists(root.Map(Modules)))
            return null;
        string running = Encoding.UTF8.GetString(line);
        // A kernel that was removed leaves its folder behind when something was added to it, but not the list of its modules.
        var installed = Directory.GetDirectories(root.Map(Modules)).Select(p => Path.GetFileName(p))
            .Where(name => root.Exists($"{Modules}/{name}/modules.dep")).ToArray();
        return installed.Length == 0 ? null
            : installed.Any(name => Kind(name) == Kind(running) && DebianVersion.ComparePart(name, running) > 0);
    }

    // 6.1.0-26-amd64, 6.8.0-45-generic, 5.14.0-427.el9_4.x86_64: a cloud's kernel is no update of the generic one.
    static string Kind(string release)
    {
        int last = release.AsSpan().LastIndexOfAny('-', '.');
        string kind = release[(last + 1)..];
        return kind.All(char.IsAsciiDigit) ? "" : kind;
    }
}
