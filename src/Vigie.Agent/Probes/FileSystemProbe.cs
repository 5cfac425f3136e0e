using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>
/// Space and inodes per mounted file system. A mount that doesn't answer (a dead NFS server) is asked on a thread of its own, once; until
/// it answers it is left out of the figures and reported as stale.
/// </summary>
sealed class FileSystemProbe(ProbeContext context, ReadSpace readSpace) : IProbe
{
    static readonly MetricInfo Usage = new("system.filesystem.usage", "By", MetricKind.Gauge,
        "Space by state; free is what users can have, reserved is kept for the administrator.");
    static readonly MetricInfo Limit = new("system.filesystem.limit", "By", MetricKind.Gauge, "Size of the file system.");
    static readonly MetricInfo Utilization = new("system.filesystem.utilization", "1", MetricKind.Gauge,
        "Share of the space for users that is used; 1 when they can write nothing more.");
    static readonly MetricInfo InodeUsage = new("vigie.filesystem.inodes.usage", "{inode}", MetricKind.Gauge, "Inodes by state.");
    static readonly MetricInfo InodeUtilization =
        new("vigie.filesystem.inodes.utilization", "1", MetricKind.Gauge, "Share of the inodes that is used.");
    static readonly MetricInfo Stale = new("vigie.filesystem.stale", "1", MetricKind.Gauge, "1 for a mount that doesn't answer.");

    static readonly SampleAttribute Used = new("system.filesystem.state", "used"), Free = new("system.filesystem.state", "free"),
        Reserved = new("system.filesystem.state", "reserved");

    readonly MountTable _table = new(context.Root);
    readonly MountWatch _watch = new(readSpace, context.Time, context.Loop);

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("filesystem",
        static context => new FileSystemProbe(context, mountpoint => StatVfs.Read(context.Root.Map(mountpoint))));

    public ProbeInfo Info { get; } = new("filesystem", [Usage, Limit, Utilization, InodeUsage, InodeUtilization, Stale],
        IsQuick: true); // the mounts have a thread of their own

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        if (!_table.Read())
        {
            sink.NoData("/proc/1/mountinfo and /proc/self/mountinfo are missing or empty");
            return;
        }
        await _watch.AskAsync(_table.Mounts, context.Timeout / 2, ct);
        for (int i = 0; i < _table.Mounts.Count; i++)
            Report(sink, _table.Mounts[i], _watch.AnswerOf(_table.Mounts[i]));
    }

    static void Report(ISampleSink sink, Mount mount, MountAnswer answer)
    {
        SampleAttribute device = new("system.device", mount.Device), mountpoint = new("system.filesystem.mountpoint", mount.Mountpoint),
            type = new("system.filesystem.type", mount.Type), mode = new("system.filesystem.mode", mount.Mode);
        if (answer.Hangs)
            sink.Add(Stale, 1, device, mountpoint, type, mode);
        if (answer.Space is not { Blocks: > 0 } space)
            return;

        double size = space.BlockBytes, used = (space.Blocks - space.Free) * size, available = space.Available * size;
        sink.Add(Usage, used, Used, device, mountpoint, type, mode);
        sink.Add(Usage, available, Free, device, mountpoint, type, mode);
        sink.Add(Usage, space.Free > space.Available ? (space.Free - space.Available) * size : 0, Reserved, device, mountpoint, type, mode);
        sink.Add(Limit, space.Blocks * size, device, mountpoint, type, mode);
        sink.Add(Utilization, available > 0 ? used / (used + available) : 1, Used, device, mountpoint, type, mode);
        if (space.Inodes == 0) // file systems that make them on demand
            return;
        double taken = space.Inodes - Math.Min(space.FreeInodes, space.Inodes);
        sink.Add(InodeUsage, taken, Used, device, mountpoint, type, mode);
        sink.Add(InodeUsage, space.Inodes - taken, Free, device, mountpoint, type, mode);
        sink.Add(InodeUtilization, taken / space.Inodes, Used, device, mountpoint, type, mode);
    }
}
