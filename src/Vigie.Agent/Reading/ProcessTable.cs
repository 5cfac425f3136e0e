namespace Vigie.Agent.Reading;

/// <summary>One process at the time of a reading.</summary>
/// <param name="State">Its place in <see cref="ProcessTable.States"/>; -1 for one that was about to be gone.</param>
readonly record struct ProcessRow(int Pid, int State, ProcessStat Stat);

/// <summary>All processes, as they were at one time.</summary>
sealed class ProcessReading
{
    /// <summary>By number, the smallest first.</summary>
    public List<ProcessRow> Rows { get; } = [];

    /// <summary>Time stamp of its beginning.</summary>
    public long At { get; set; }

    public bool TryFind(int pid, out ProcessRow row)
    {
        int low = 0, high = Rows.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            row = Rows[middle];
            if (row.Pid == pid)
                return true;
            if (row.Pid < pid)
                low = middle + 1;
            else
                high = middle - 1;
        }
        row = default;
        return false;
    }
}

/// <summary>
/// All processes, from /proc/[pid]/stat, about once a minute, for everyone who wants to know of them. A host with very many is read over
/// several rounds, so that no round costs more than the most that is read in one; what is told is the last time all were seen.
/// </summary>
sealed class ProcessTable(HostRoot root, TimeProvider time)
{
    /// <summary>
    /// Each process costs three system calls, which together are more than all the rest of a round. A bit less than a minute, lest a round that
    /// is a millisecond early leaves it to the one after.
    /// </summary>
    static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(55);

    /// <summary>The second one comes sooner, because shares of processors need two.</summary>
    static readonly TimeSpan BeforeSecond = TimeSpan.FromSeconds(10);

    public const int MostPerRound = 2000;

    public static readonly string[] States = ["running", "sleeping", "blocked", "idle", "stopped", "defunct"];

    readonly ProcessFolder _folder = new(root);
    readonly List<int> _pids = [];
    ProcessReading _reading = new(), _latest = new(), _before = new();
    int _next, _readings;
    long _listed;
    bool _isListed, _isVisible;

    /// <summary>To be held while anything of this is used: rounds and what runs beside them share it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Called when all have been seen again; it must not block.</summary>
    public Action? Renewed { get; set; }

    /// <summary>The last time that all were seen; of use when <see cref="Refresh"/> has said so.</summary>
    public ProcessReading Latest => _latest;

    /// <summary>The time before; null when there was only one.</summary>
    public ProcessReading? Before => _readings > 1 ? _before : null;

    /// <summary>Reads what is due. False when the processes are hidden or there are none.</summary>
    /// <exception cref="FormatException">A file of the kernel's is none that is known.</exception>
    public bool Refresh()
    {
        if (_next == _pids.Count && (!_isListed || time.GetElapsedTime(_listed) >= (_readings == 1 ? BeforeSecond : BetweenReadings)))
            List();
        if (!_isVisible || _next == _pids.Count)
            return _isVisible;
        int end = _readings > 0 ? Math.Min(_pids.Count, _next + MostPerRound) : _pids.Count;
        while (_next < end)
            if (TryRead(_pids[_next++], out var row))
                _reading.Rows.Add(row);
        if (_next == _pids.Count)
        {
            (_before, _latest, _reading) = (_latest, _reading, _before);
            _readings = Math.Min(_readings + 1, 2);
            Renewed?.Invoke();
        }
        return true;
    }

    /// <summary>Counts the processes of each of <see cref="States"/>, when they were last seen.</summary>
    public void Count(Span<int> byState)
    {
        byState.Clear();
        foreach (var row in _latest.Rows)
            if (row.State >= 0)
                byState[row.State]++;
    }

    void List()
    {
        _pids.Clear();
        _reading.Rows.Clear();
        (_next, _listed, _isListed) = (0, time.GetTimestamp(), true);
        // Where /proc hides other users' processes (hidepid), the first one is hidden too, and what we see of our own would mislead.
        _isVisible = TryRead(1, out _);
        if (!_isVisible)
        {
            _readings = 0;
            return;
        }
        _reading.At = _listed;
        _folder.List(_pids);
        _pids.Sort();
    }

    static int StateOf(byte letter) => letter switch
    {
        (byte)'R' => 0,
        (byte)'S' => 1,
        (byte)'D' or (byte)'K' or (byte)'W' => 2,
        (byte)'I' or (byte)'P' => 3, // the kernel's own threads that wait for work
        (byte)'T' or (byte)'t' => 4,
        (byte)'Z' => 5,
        _ => -1, // X: gone while we looked
    };

    /// <summary>False when the process has ended, or is hidden from us.</summary>
    /// <exception cref="FormatException">The file has no state in it.</exception>
    bool TryRead(int pid, out ProcessRow row)
    {
        row = default;
        var stat = _folder.Stat(pid);
        if (stat.IsEmpty)
            return false;
        // 42 (name, which may hold blanks and brackets) S 1 …
        int bracket = stat.LastIndexOf((byte)')');
        if (bracket < 0 || bracket + 2 >= stat.Length)
            throw new FormatException($"/proc/{pid}/stat: a name in brackets and a state were expected, found {TextScan.Quote(stat)}");
        _ = ProcessStat.TryParse(stat, out var numbers); // else it has used nothing and takes no memory
        row = new(pid, StateOf(stat[bracket + 2]), numbers);
        return true;
    }
}
