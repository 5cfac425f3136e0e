using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;

namespace Vigie.Agent.Probes;

/// <summary>
/// Updates that wait: packages that apt could bring up to date, and a restart that installed ones call for. Nothing is fetched or started:
/// the package manager's own files are compared, again when they have changed.
/// </summary>
sealed class PackagesProbe(ProbeContext context) : IProbe
{
    // The lists of a distribution are tens of megabytes, and an upgrade changes dpkg's file with each package.
    static readonly TimeSpan BetweenCounts = TimeSpan.FromMinutes(10), BetweenLooks = TimeSpan.FromMinutes(1);

    static readonly string[] RestartMarks = ["/run/reboot-required", "/var/run/reboot-required"];

    static readonly MetricInfo Installed = new("vigie.packages.installed", "{package}", MetricKind.Gauge, "Packages installed.");
    static readonly MetricInfo Held = new("vigie.packages.held", "{package}", MetricKind.Gauge, "Packages that are not to be updated.");
    static readonly MetricInfo Pending =
        new("vigie.packages.pending", "{package}", MetricKind.Gauge, "Packages of which a newer version is offered, as of the last apt update.");
    static readonly MetricInfo Security =
        new("vigie.packages.pending.security", "{package}", MetricKind.Gauge, "Those of them that a security source offers.");
    static readonly MetricInfo Restart = new("vigie.reboot.required", "1", MetricKind.Gauge,
        "1 when installed updates wait for a restart: the distribution says so, or a newer kernel is installed.");

    readonly KernelRelease _kernel = new(context.Root);
    Task<PackageCounts?>? _count;
    PackageCounts? _counts;
    long _counted;
    long? _looked;
    bool? _outdated;
    bool _marked;
    (DateTime, DateTime) _stamp;

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("packages", static context => new PackagesProbe(context));

    public ProbeInfo Info { get; } = new("packages", [Installed, Held, Pending, Security, Restart]);

    public bool IsQuick => !IsDue;

    bool IsDue => _looked is not { } at || context.Time.GetElapsedTime(at) >= BetweenLooks || _count is not { IsCompleted: true };

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        if (IsDue)
            return LookAsync(sink, ct);
        Report(sink);
        return default;
    }

    async ValueTask LookAsync(ISampleSink sink, CancellationToken ct)
    {
        _counts = await CountAsync(ct);
        (_outdated, _marked) = (_kernel.IsOutdated(), RestartMarks.Any(context.Root.Exists));
        _looked = context.Time.GetTimestamp();
        Report(sink);
    }

    void Report(ISampleSink sink)
    {
        if (_counts is { } known)
            Report(sink, known);
        if (_counts is not null || _outdated is not null || _marked)
            sink.Add(Restart, _marked || _outdated is true ? 1 : 0);
        else if (_count is { IsCompletedSuccessfully: true })
            sink.NoData("there is neither /var/lib/dpkg/status nor /lib/modules with the running kernel in it");
    }

    static void Report(ISampleSink sink, PackageCounts counts)
    {
        sink.Add(Installed, counts.Installed);
        sink.Add(Held, counts.Held);
        if (counts.Pending is { } pending)
            sink.Add(Pending, pending);
        if (counts.Security is { } security)
            sink.Add(Security, security);
    }

    /// <summary>The last count; counts anew beside the rounds when something has changed, so that a slow disk delays none.</summary>
    async Task<PackageCounts?> CountAsync(CancellationToken ct)
    {
        var stamp = (ChangedAt("/var/lib/dpkg/status"), ChangedAt("/var/lib/apt/lists"));
        bool due = _count is null || (_count.IsCompleted && stamp != _stamp && context.Time.GetElapsedTime(_counted) >= BetweenCounts);
        if (due)
        {
            _stamp = stamp;
            _counted = context.Time.GetTimestamp();
            _count = Task.Run(() => AptLists.Count(context.Root), CancellationToken.None);
        }
        try
        {
            return await _count!.WaitAsync(context.Timeout / 2, context.Time, ct);
        }
        catch (TimeoutException)
        {
            return null; // it goes on, and a later round has it
        }
    }

    DateTime ChangedAt(string path) => File.GetLastWriteTimeUtc(context.Root.Map(path));
}
