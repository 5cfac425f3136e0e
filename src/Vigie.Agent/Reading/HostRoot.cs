namespace Vigie.Agent.Reading;

/// <summary>
/// Where this host's /proc, /sys, /run, /etc and /var are: <c>/</c>, a mount of the host inside a container, or a folder of a test.
/// </summary>
sealed class HostRoot(string path)
{
    readonly Dictionary<string, HostFile> _shared = new(StringComparer.Ordinal);
    readonly string _prefix = path.TrimEnd('/');

    /// <param name="absolute">As seen on the host: <c>/proc/stat</c>.</param>
    public string Map(string absolute) => _prefix + absolute;

    public bool Exists(string absolute) => System.IO.File.Exists(Map(absolute));

    /// <param name="hasLongLines">Whether a line may be half a page long.</param>
    public HostFile File(string absolute, bool hasLongLines = false) => new(absolute, Map(absolute), hasLongLines: hasLongLines);

    /// <summary>
    /// The one object for a file that several probes want, which is read once a round. For probes that are always quick, and so run one after
    /// another in the thread of the rounds.
    /// </summary>
    public HostFile SharedFile(string absolute)
    {
        if (!_shared.TryGetValue(absolute, out var file))
            _shared.Add(absolute, file = new(absolute, Map(absolute), sharedBy: this));
        return file;
    }

    /// <summary>Counts the rounds; 0 while there are none, and what is shared is read whenever it is asked.</summary>
    public long Round { get; private set; }

    /// <summary>What is shared is as good as unread.</summary>
    public void BeginRound() => Round++;
}
