using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Activity;

/// <summary>
/// The processes that use the most of the processors, since the reading before, and of the memory. All processes are read, once a minute,
/// each by three system calls; what is kept between two readings is the time each has used.
/// </summary>
sealed class TopProcesses(HostRoot root, UserNames names, TimeProvider time)
{
    public const int Most = 5;

    const string Passwd = "/etc/passwd";

    readonly ulong _bootMs = HostIdentity.BootUnixNano(root) / 1_000_000;
    readonly ProcessFolder _folder = new(root);
    readonly List<int> _pids = [];
    readonly List<(int Pid, double Of)> _most = [];
    Dictionary<int, ProcessStat> _before = [], _now = [];
    Dictionary<string, string> _users = [];
    DateTime _usersOf;
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
        if (!hidden)
            ReadUsers();
        var byMemory = hidden ? [] : Describe(seconds, static (_, _, stat, _) => stat.Pages);
        var byCpu = hidden || seconds <= 0 ? [] : Describe(seconds, static (all, pid, stat, seconds) => all.Cpu(pid, stat, seconds));
        int count = hidden ? 0 : _now.Count;
        (_before, _now) = (_now, _before);
        return (byCpu, byMemory, count);
    }

    double Cpu(int pid, ProcessStat now, double seconds) =>
        seconds > 0 && _before.TryGetValue(pid, out var then) && then.Started == now.Started && now.Ticks > then.Ticks
            ? Math.Round((now.Ticks - then.Ticks) / (seconds * ProcessStat.TicksPerSecond), 4) : 0;

    /// <summary>Those that have most of something, and at least some of it, the greediest first; of two alike the one that was listed first.</summary>
    TopProcess[] Describe(double seconds, Func<TopProcesses, int, ProcessStat, double, double> measure)
    {
        _most.Clear();
        foreach (int pid in _pids)
        {
            if (!_now.TryGetValue(pid, out var stat) || measure(this, pid, stat, seconds) is not (> 0 and var of))
                continue;
            int at = _most.Count;
            while (at > 0 && _most[at - 1].Of < of)
                at--;
            if (at == Most)
                continue;
            if (_most.Count == Most)
                _most.RemoveAt(Most - 1);
            _most.Insert(at, (pid, of));
        }
        var found = new TopProcess[_most.Count];
        for (int i = 0; i < found.Length; i++)
            found[i] = Describe(_most[i].Pid, _now[_most[i].Pid], Cpu(_most[i].Pid, _now[_most[i].Pid], seconds));
        return found;
    }

    TopProcess Describe(int pid, ProcessStat stat, double cpu)
    {
        string uid = Uid(pid);
        return new(pid, ProcessStat.Name(_folder.Stat(pid)), names.Of(_users.GetValueOrDefault(uid, uid)), cpu,
            (long)stat.Pages * Environment.SystemPageSize,
            _bootMs == 0 ? 0 : (long)(_bootMs + (stat.Started * 1000 / ProcessStat.TicksPerSecond)));
    }

    // Uid:	1000	1000	1000	1000 (real, effective, saved, of the file system)
    string Uid(int pid)
    {
        var status = _folder.Status(pid);
        while (status.TakeLine(out var line))
            if (line.TakeField(out var key) && key.SequenceEqual("Uid:"u8) && line.TakeField(out var real))
                return Encoding.ASCII.GetString(real);
        return "";
    }

    void ReadUsers()
    {
        if (File.GetLastWriteTimeUtc(root.Map(Passwd)) is var changed && changed == _usersOf)
            return;
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in root.ReadText(Passwd).Split('\n'))
            if (line.Split(':') is [var name, _, var uid, ..])
                users.TryAdd(uid, name);
        (_users, _usersOf) = (users, changed);
    }
}
