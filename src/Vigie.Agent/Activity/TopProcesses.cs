using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Activity;

/// <summary>The processes that use the most of the processors, since the reading before, and of the memory.</summary>
/// <param name="table">What was read of all processes, by the rounds or here when those don't.</param>
sealed class TopProcesses(HostRoot root, ProcessTable table, UserNames names, TimeProvider time)
{
    public const int Most = 5;

    const string Passwd = "/etc/passwd";

    readonly ulong _bootMs = HostIdentity.BootUnixNano(root) / 1_000_000;
    readonly ProcessFolder _folder = new(root);
    readonly List<(ProcessRow Row, double Of)> _most = [];
    Dictionary<string, string> _users = [];
    DateTime _usersOf;

    public (IReadOnlyList<TopProcess> ByCpu, IReadOnlyList<TopProcess> ByMemory, int Count) Read()
    {
        lock (table.Gate)
        {
            if (!table.Refresh())
                return ([], [], 0);
            ReadUsers();
            var (now, before) = (table.Latest, table.Before);
            double seconds = before is null ? 0 : time.GetElapsedTime(before.At, now.At).TotalSeconds;
            var byMemory = Describe(now, before, seconds, static (row, _, _) => row.Stat.Pages);
            var byCpu = seconds <= 0 ? [] : Describe(now, before, seconds, Cpu);
            return (byCpu, byMemory, now.Rows.Count);
        }
    }

    static double Cpu(ProcessRow now, ProcessReading? before, double seconds) =>
        seconds > 0 && before!.TryFind(now.Pid, out var then) && then.Stat.Started == now.Stat.Started && now.Stat.Ticks > then.Stat.Ticks
            ? Math.Round((now.Stat.Ticks - then.Stat.Ticks) / (seconds * ProcessStat.TicksPerSecond), 4) : 0;

    /// <summary>Those that have most of something, and at least some of it, the greediest first; of two alike the one of the smaller number.</summary>
    TopProcess[] Describe(ProcessReading now, ProcessReading? before, double seconds, Func<ProcessRow, ProcessReading?, double, double> measure)
    {
        _most.Clear();
        foreach (var row in now.Rows)
        {
            if (measure(row, before, seconds) is not (> 0 and var of))
                continue;
            int at = _most.Count;
            while (at > 0 && _most[at - 1].Of < of)
                at--;
            if (at == Most)
                continue;
            if (_most.Count == Most)
                _most.RemoveAt(Most - 1);
            _most.Insert(at, (row, of));
        }
        var found = new TopProcess[_most.Count];
        for (int i = 0; i < found.Length; i++)
            found[i] = Describe(_most[i].Row, Cpu(_most[i].Row, before, seconds));
        return found;
    }

    TopProcess Describe(ProcessRow row, double cpu)
    {
        string uid = Uid(row.Pid);
        return new(row.Pid, ProcessStat.Name(_folder.Stat(row.Pid)), names.Of(_users.GetValueOrDefault(uid, uid)), cpu,
            (long)row.Stat.Pages * Environment.SystemPageSize,
            _bootMs == 0 ? 0 : (long)(_bootMs + (row.Stat.Started * 1000 / ProcessStat.TicksPerSecond)));
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
