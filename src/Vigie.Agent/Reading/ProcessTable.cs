namespace Vigie.Agent.Reading;

/// <summary>
/// Counts the processes by state, from /proc/[pid]/stat, once a minute. A host with very many is counted over several rounds, so that no
/// round costs more than the most that is read in one; its counts are those of the last time all were seen.
/// </summary>
sealed class ProcessTable(HostRoot root, TimeProvider time)
{
    // Each process costs three system calls, which together are more than all the rest of a round.
    static readonly TimeSpan BetweenCounts = TimeSpan.FromMinutes(1);

    public const int MostPerRound = 2000;

    public static readonly string[] States = ["running", "sleeping", "blocked", "idle", "stopped", "defunct"];

    readonly ProcessFolder _folder = new(root);
    readonly List<int> _pids = [];
    int[] _counting = new int[States.Length], _counted = new int[States.Length];
    int _next;
    long _listed;
    bool _hasCounted;

    /// <summary>Processes of each of <see cref="States"/>; empty when the processes are hidden or there are none.</summary>
    public ReadOnlySpan<int> Read()
    {
        // Where /proc hides other users' processes (hidepid), the first one is hidden too, and a count of our own would mislead.
        if (!TryRead(1, out _))
        {
            _pids.Clear();
            _next = 0;
            _hasCounted = false;
            return default;
        }
        if (_next == _pids.Count)
        {
            if (_hasCounted && time.GetElapsedTime(_listed) < BetweenCounts)
                return _counted;
            List();
        }
        int end = _hasCounted ? Math.Min(_pids.Count, _next + MostPerRound) : _pids.Count;
        for (; _next < end; _next++)
            if (TryRead(_pids[_next], out byte letter) && StateOf(letter) is >= 0 and var state)
                _counting[state]++;
        if (_next == _pids.Count)
        {
            (_counting, _counted) = (_counted, _counting);
            Array.Clear(_counting);
            _hasCounted = true;
        }
        return _counted;
    }

    void List()
    {
        _pids.Clear();
        _next = 0;
        _listed = time.GetTimestamp();
        _folder.List(_pids);
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
    bool TryRead(int pid, out byte state)
    {
        state = 0;
        var stat = _folder.Stat(pid);
        if (stat.IsEmpty)
            return false;
        // 42 (name, which may hold blanks and brackets) S 1 …
        int bracket = stat.LastIndexOf((byte)')');
        if (bracket < 0 || bracket + 2 >= stat.Length)
            throw new FormatException($"/proc/{pid}/stat: a name in brackets and a state were expected, found {TextScan.Quote(stat)}");
        state = stat[bracket + 2];
        return true;
    }
}
