using Vigie.Agent.Running;

namespace Vigie.Agent.Checks;

/// <summary>
/// The user's own probes: every executable file of a folder, looked up at each tick so that files may come and go. Hidden files and
/// those that nobody may execute are passed over.
/// </summary>
sealed class ScriptFolder(string folder, Func<ScriptProbe, ProbeSlot> slotFor)
{
    public const string Name = "probes.d";

    const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    readonly SortedDictionary<string, ProbeSlot> _slots = new(StringComparer.Ordinal);

    /// <summary>One slot per file, in the order of their names; the same slot as long as the file is there.</summary>
    public IReadOnlyCollection<ProbeSlot> Current()
    {
        var files = new HashSet<string>(Directory.Exists(folder) ? Directory.GetFiles(folder).Where(IsProbe) : [], StringComparer.Ordinal);
        foreach (var gone in _slots.Keys.Where(path => !files.Contains(path)).ToArray())
            _slots.Remove(gone);
        foreach (var path in files.Where(path => !_slots.ContainsKey(path)))
            _slots.Add(path, slotFor(new ScriptProbe(Path.GetFullPath(path))));
        return _slots.Values;
    }

    static bool IsProbe(string path)
    {
        if (Path.GetFileName(path).StartsWith('.'))
            return false;
        try
        {
            return (File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) & Executable) != UnixFileMode.None;
        }
        catch (IOException)
        {
            return false; // gone since the folder was read, or a link to nowhere
        }
    }
}
