using Vigie.Agent.Activity;
using Vigie.Agent.Checks.Kinds;
using Vigie.Agent.Exposition;
using Vigie.Agent.Identity;
using Vigie.Agent.Inventory;
using Vigie.Agent.Probes;

namespace Vigie.Agent;

/// <summary>How one agent works. The defaults suit a server; only the hub's address and token have none.</summary>
public sealed record AgentOptions
{
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1), LongestInterval = TimeSpan.FromMinutes(5);

    /// <summary>Address of the hub, <c>http</c> or <c>https</c>. Null when samples go to an exporter of the caller's.</summary>
    public string? HubUrl { get; init; }

    /// <summary>The key that the hub must show, <c>sha256/</c> and the Base64 of its hash; null for any certificate that the system trusts.</summary>
    public string? HubPin { get; init; }

    /// <summary>The hub's token for writing. Better kept in <see cref="TokenFile"/>.</summary>
    public string? Token { get; init; }

    /// <summary>A file whose first line is the token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Whole seconds, from 1 s to 5 min.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one probe may take, less than the interval; null for 10 s, or four fifths of a shorter interval.</summary>
    public TimeSpan? ProbeTimeout { get; init; }

    /// <summary>The name under which the host appears; null for the one it gives itself.</summary>
    public string? HostName { get; init; }

    /// <summary>Where the host's /proc, /sys, /run and /etc are; not <c>/</c> in a container that watches its host.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Folder of the user's own probes; null for none.</summary>
    public string? ProbesDir { get; init; }

    /// <summary>The file of checks, a line each; null for none. It need not be there yet.</summary>
    public string? ChecksFile { get; init; }

    /// <summary>Names of probes that are not run: <c>users</c>.</summary>
    public IReadOnlyList<string> DisabledProbes { get; init; } = [];

    /// <summary>Whether each processor is reported besides all of them together: a series more for each.</summary>
    public bool PerCore { get; init; }

    /// <summary>Whether users are sent under words in the place of their names, and without from where they came.</summary>
    public bool HideUsers { get; init; }

    /// <summary>Where metrics can be asked for in node_exporter's names, on this host alone: <c>127.0.0.1:9100</c> or <c>unix:PATH</c>;
    /// null for nowhere.</summary>
    public string? Metrics { get; init; }

    /// <summary>How long one request to the hub may take.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Folder where samples are kept while the hub is away; null for in memory only.</summary>
    public string? SpoolDir { get; init; }

    /// <summary>How much is kept there, in bytes.</summary>
    public long SpoolBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How much is kept in memory while the hub is away and there is no spool, or it can't be written, in bytes.</summary>
    public long QueueBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long samples are kept while the hub is away.</summary>
    public TimeSpan QueueAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether the process is there for this agent alone.</summary>
    internal bool OwnsProcess { get; init; }

    internal TimeSpan EffectiveProbeTimeout =>
        ProbeTimeout ?? (Interval * 0.8 < TimeSpan.FromSeconds(10) ? Interval * 0.8 : TimeSpan.FromSeconds(10));

    /// <summary>Everything that is wrong, each naming its key and the remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (HubUrl is not null && !(Uri.TryCreate(HubUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            errors.Add($"HubUrl: \"{HubUrl}\" is no address; give one like http://hub.example.org:5000");
        if (HubPin is { } pin && !PinnedKey.TryParse(pin, out _))
            errors.Add($"HubPin: \"{pin}\" is no pin; give sha256/ and the Base64 of the hash of the hub's public key");
        if (HubPin is not null && HubUrl is not null && !HubUrl.StartsWith("https:", StringComparison.Ordinal))
            errors.Add("HubPin: only a hub that is reached by https shows a key; leave it out, or give the hub's address of https");
        if (Token is not null && TokenFile is not null)
            errors.Add("Token, TokenFile: both are given; keep TokenFile");
        if (TokenFile is not null && !File.Exists(TokenFile))
            errors.Add($"TokenFile: there is no file {TokenFile}; write the token into it (vigie token create --scope write prints one)");
        if (Token is { } token && (token.Length == 0 || token.Any(c => c is <= ' ' or > '~')))
            errors.Add("Token: it is empty or holds blanks; give it as vigie token create printed it");
        if (Interval < ShortestInterval || Interval > LongestInterval || Interval.Ticks % TimeSpan.TicksPerSecond != 0)
            errors.Add($"Interval: {Interval.TotalSeconds:0.###} s is out of range; give whole seconds from 1 s to 5 min");
        if (ProbeTimeout is { } timeout && (timeout < TimeSpan.FromMilliseconds(100) || timeout >= Interval))
            errors.Add($"ProbeTimeout: {timeout.TotalSeconds:0.###} s is out of range; give at least 0.1 s and less than the interval");
        if (HostName is { } name && (name.Length is 0 or > 253 || name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))))
            errors.Add($"HostName: \"{name}\" is no name; give 1 to 253 characters without blanks, or leave it out");
        if (Metrics is not null && MetricsAddress.Parse(Metrics, out string wrong) is null)
            errors.Add($"Metrics: {wrong}");
        if (!Directory.Exists(Root))
            errors.Add($"Root: there is no folder {Root}; give the folder that holds the host's proc and sys");
        if (SendTimeout < TimeSpan.FromSeconds(1) || SendTimeout > TimeSpan.FromMinutes(5))
            errors.Add($"SendTimeout: {SendTimeout.TotalSeconds:0.###} s is out of range; give 1 s to 5 min");
        if (SpoolBytes is < 1024 * 1024 or > 1024L * 1024 * 1024)
            errors.Add($"SpoolBytes: {SpoolBytes} is out of range; give 1 MiB to 1 GiB");
        if (QueueBytes is < 64 * 1024 or > 1024L * 1024 * 1024)
            errors.Add($"QueueBytes: {QueueBytes} is out of range; give 64 KiB to 1 GiB");
        if (QueueAge < TimeSpan.FromMinutes(1) || QueueAge > TimeSpan.FromDays(7))
            errors.Add($"QueueAge: {QueueAge} is out of range; give 1 min to 7 days");
        foreach (var unknown in DisabledProbes.Where(p => !ProbeCatalog.Names.Contains(p)
            && p is not (TextFileCheck.Name or AgentInventory.Name or AgentActivity.Name) && !p.StartsWith("probes.d/", StringComparison.Ordinal)))
            errors.Add($"DisabledProbes: there is no probe \"{unknown}\"; there are {string.Join(", ", ProbeCatalog.Names)}");
        return errors;
    }

    /// <summary>The token from wherever it is kept; null for none.</summary>
    /// <exception cref="IOException">The file can't be read, or is empty.</exception>
    public string? ReadToken()
    {
        if (TokenFile is null)
            return Token;
        var line = File.ReadLines(TokenFile).FirstOrDefault()?.Trim() ?? "";
        return line.Length > 0 && line.All(c => c is > ' ' and <= '~') ? line
            : throw new IOException($"TokenFile: the first line of {TokenFile} is no token; write one into it (vigie token create --scope write prints one)");
    }
}
