using Vigie.Agent.Running;

namespace Vigie.Agent.Checks;

/// <summary>
/// The user's own probes: every executable file of a folder, looked up at each tick so that files may come and go. Hidden files and
/// those that nobody may execute are passed over.
/// </summary>
sealed class ScriptFolder(string folder, AgentLog log, Func<ScriptProbe, ProbeSlot> slotFor)
{
    public const string Name = "probes.d";

    readonly SortedDictionary<string, ProbeSlot> _slots = new(StringComparer.Ordinal);
    string? _trouble;

    /// <summary>One slot per file, in the order of their names; the same slot as long as the file is there.</summary>
    public IReadOnlyCollection<ProbeSlot> Current()
    {
        var files = new HashSet<string>(List().Where(ScriptFile.IsExecutable), StringComparer.Ordinal);
        foreach (var gone in _slots.Keys.Where(path => !files.Contains(path)).ToArray())
            _slots.Remove(gone);
        foreach (var path in files.Where(path => !_slots.ContainsKey(path)))
            _slots.Add(path, slotFor(new ScriptProbe(Path.GetFullPath(path))));
        return _slots.Values;
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
