using Vigie.Agent.Reading;

namespace Vigie.Agent.Activity;

/// <summary>
/// The processes that use the most of the processors, since the reading before, and of the memory. All processes are read, once a minute,
/// each by three system calls; what is kept between two readings is the time each has used.
/// </summary>
sealed class TopProcesses(HostRoot root, UserNames names, TimeProvider time)
{
    public const int Most = 5;

    readonly ulong _bootMs = HostIdentity.BootUnixNano(root) / 1_000_000;
    readonly ProcessFolder _folder = new(root);
    readonly List<int> _pids = [];
    Dictionary<int, ProcessStat> _before = [], _now = [];
    long _readAt;

    public (IReadOnlyList<TopProcess> ByCpu, IReadOnlyList<TopProcess> ByMemory, int Count) Read()
    {
        double seconds = _before.Count == 0 ? 0 : time.GetElapsedTime(_readAt).TotalSeconds;
        _now.Clear();
        _readAt = time.GetTimestamp();
        _pids.Clear();
        _folder.List(_pids);
        foreach (int pid in _pids)
            if (ProcessStat.TryParse(_folder.Stat(pid), out var stat))
                _now[pid] = stat;
        // Where /proc hides other users' processes, the first one is hidden too, and the greediest of our own would mislead.
        bool hidden = !_now.ContainsKey(1);
        var users = new Lazy<Dictionary<string, string>>(Users);
        TopProcess[] byMemory = hidden ? [] : [.. _now.OrderByDescending(p => p.Value.Pages).Where(p => p.Value.Pages > 0).Take(Most)
            .Select(p => Describe(p.Key, p.Value, Cpu(p.Key, p.Value, seconds), users))];
        TopProcess[] byCpu = hidden || seconds <= 0 ? [] : [.. _now.Select(p => (p.Key, p.Value, Cpu: Cpu(p.Key, p.Value, seconds)))
            .Where(p => p.Cpu > 0).OrderByDescending(p => p.Cpu).Take(Most).Select(p => Describe(p.Key, p.Value, p.Cpu, users))];
        int count = hidden ? 0 : _now.Count;
        (_before, _now) = (_now, _before);
        return (byCpu, byMemory, count);
    }

    double Cpu(int pid, ProcessStat now, double seconds) =>
        seconds > 0 && _before.TryGetValue(pid, out var then) && then.Started == now.Started && now.Ticks > then.Ticks
            ? Math.Round((now.Ticks - then.Ticks) / (seconds * ProcessStat.TicksPerSecond), 4) : 0;

    TopProcess Describe(int pid, ProcessStat stat, double cpu, Lazy<Dictionary<string, string>> users)
    {
        string uid = Uid(pid);
        return new(pid, ProcessStat.Name(_folder.Stat(pid)), names.Of(users.Value.GetValueOrDefault(uid, uid)), cpu,
            (long)stat.Pages * Environment.SystemPageSize,
            _bootMs == 0 ? 0 : (long)(_bootMs + (stat.Started * 1000 / ProcessStat.TicksPerSecond)));
    }

    string Uid(int pid) => root.ReadText($"/proc/{pid}/status").Split('\n').FirstOrDefault(l => l.StartsWith("Uid:", StringComparison.Ordinal)) is { } line
        ? line.Split('\t') is [_, var real, ..] ? real : "" : "";

    Dictionary<string, string> Users()
    {
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in root.ReadText("/etc/passwd").Split('\n'))
            if (line.Split(':') is [var name, _, var uid, ..])
                users.TryAdd(uid, name);
        return users;
    }
}
