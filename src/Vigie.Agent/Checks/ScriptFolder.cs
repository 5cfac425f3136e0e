using Vigie.Agent.Running;

namespace Vigie.Agent.Checks;

/// <summary>
/// The user's own probes: every executable file of a folder, looked up again and again so that files may come and go. Hidden files and
/// those that nobody may execute are passed over.
/// </summary>
sealed class ScriptFolder(string folder, TimeProvider time, AgentLog log, Func<ScriptProbe, ProbeSlot> slotFor)
{
    public const string Name = "probes.d";

    static readonly TimeSpan BetweenLists = TimeSpan.FromSeconds(10);

    readonly SortedDictionary<string, ProbeSlot> _slots = new(StringComparer.Ordinal);
    IReadOnlyList<ProbeSlot> _current = [];
    DateTime _changed;
    long _listed;
    string? _trouble;

    /// <summary>One slot per file, in the order of their names; the same slot as long as the file is there.</summary>
    public IReadOnlyList<ProbeSlot> Current()
    {
        // A file that comes or goes changes the folder; one that becomes executable does not, and is seen a little later.
        var changed = Directory.GetLastWriteTimeUtc(folder);
        if (changed == _changed && time.GetElapsedTime(_listed) < BetweenLists)
            return _current;
        (_changed, _listed) = (changed, time.GetTimestamp());
        var files = new HashSet<string>(List().Where(ScriptFile.IsExecutable), StringComparer.Ordinal);
        foreach (var gone in _slots.Keys.Where(path => !files.Contains(path)).ToArray())
            _slots.Remove(gone);
        foreach (var path in files.Where(path => !_slots.ContainsKey(path)))
            _slots.Add(path, slotFor(new ScriptProbe(Path.GetFullPath(path))));
        if (!_current.SequenceEqual(_slots.Values))
            _current = [.. _slots.Values];
        return _current;
    }

    string[] List()
    {
        string? trouble = null;
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            trouble = e.Message;
            return [];
        }
        finally
        {
            if (trouble is not null && trouble != _trouble)
                log(AgentLogLevel.Warning, $"the probes of {folder} are not run: {trouble}");
            _trouble = trouble;
        }
    }
}
