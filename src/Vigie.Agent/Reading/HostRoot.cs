namespace Vigie.Agent.Reading;

/// <summary>
/// Where this host's /proc, /sys, /run, /etc and /var are: <c>/</c>, a mount of the host inside a container, or a folder of a test.
/// </summary>
sealed class HostRoot(string path)
{
    readonly string _prefix = path.TrimEnd('/');

    /// <param name="absolute">As seen on the host: <c>/proc/stat</c>.</param>
    public string Map(string absolute) => _prefix + absolute;

    public bool Exists(string absolute) => System.IO.File.Exists(Map(absolute));

    public HostFile File(string absolute) => new(absolute, Map(absolute));
}
