using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>
/// CPU, memory and disk traffic of each container, from its control group (version 2); no runtime is asked, so it needs no socket and
/// no right. Names come from files where they can be read.
/// </summary>
sealed class ContainersProbe(ProbeContext context) : IProbe
{
    static readonly TimeSpan BetweenWalks = TimeSpan.FromMinutes(1);

    const int LongestPath = 4096;

    static readonly MetricInfo Count =
        new("vigie.container.count", "{container}", MetricKind.Gauge, "Containers found; no more than 200 are measured.");
    static readonly MetricInfo CpuTime = new("container.cpu.time", "s", MetricKind.Counter, "CPU time the container has used, by mode.");
    static readonly MetricInfo Memory =
        new("container.memory.usage", "By", MetricKind.Gauge, "Memory the container has, the files it has read included.");
    static readonly MetricInfo WorkingSet = new("container.memory.working_set", "By", MetricKind.Gauge,
        "Memory without the files' pages that the kernel could take back at once; at the limit the container is killed.");
    static readonly MetricInfo Limit = new("vigie.container.memory.limit", "By", MetricKind.Gauge, "Memory the container may have.");
    static readonly MetricInfo Io = new("container.disk.io", "By", MetricKind.Counter, "Bytes read from disks and written to them.");

    static readonly SampleAttribute User = new("cpu.mode", "user"), System = new("cpu.mode", "system"),
        Read = new("disk.io.direction", "read"), Write = new("disk.io.direction", "write");

    readonly ContainerTree _tree = new(context.Root);
    readonly byte[] _path = new byte[LongestPath], _text = new byte[16 * 1024];
    long? _walked;
    bool _hasGroups;

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("containers", static context => new ContainersProbe(context));

    public ProbeInfo Info { get; } = new("containers", [Count, CpuTime, Memory, WorkingSet, Limit, Io]);

    /// <summary>The groups are in memory; the names of containers are looked for on the disk.</summary>
    public bool IsQuick => !IsDue;

    bool IsDue => _walked is not { } at || context.Time.GetElapsedTime(at) >= BetweenWalks;

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        if (IsDue)
        {
            _hasGroups = _tree.Walk();
            _walked = context.Time.GetTimestamp();
        }
        if (!_hasGroups)
            sink.NoData("/sys/fs/cgroup/cgroup.controllers is missing: there are no control groups of version 2");
        else if (_tree.Containers.Count == 0)
            sink.NoData("no control group below /sys/fs/cgroup is a container's");
        foreach (var (runtime, count) in _tree.Found)
            sink.Add(Count, count, new SampleAttribute("container.runtime.name", runtime));
        foreach (var container in _tree.Containers)
        {
            ct.ThrowIfCancellationRequested();
            Report(sink, container);
        }
        return default;
    }

    void Report(ISampleSink sink, Container container)
    {
        SampleAttribute id = new("container.id", container.Id), name = new("container.name", container.Name),
            runtime = new("container.runtime.name", container.Runtime);
        if (FileOf(container, "cpu.stat\0"u8) is { IsEmpty: false } cpu)
        {
            sink.Add(CpuTime, (cpu.NumberOf("user_usec"u8, "/sys/fs/cgroup/…/cpu.stat") ?? 0) / 1e6, id, name, runtime, User);
            sink.Add(CpuTime, (cpu.NumberOf("system_usec"u8, "/sys/fs/cgroup/…/cpu.stat") ?? 0) / 1e6, id, name, runtime, System);
        }
        if (FileOf(container, "memory.current\0"u8) is { IsEmpty: false } current)
        {
            long used = current.OnlyNumber("/sys/fs/cgroup/…/memory.current");
            sink.Add(Memory, used, id, name, runtime);
            if (FileOf(container, "memory.stat\0"u8).NumberOf("inactive_file"u8, "/sys/fs/cgroup/…/memory.stat") is { } cache)
                sink.Add(WorkingSet, Math.Max(0, used - (double)cache), id, name, runtime);
        }
        if (FileOf(container, "memory.max\0"u8) is { IsEmpty: false } most && !most.StartsWith("max"u8))
            sink.Add(Limit, most.OnlyNumber("/sys/fs/cgroup/…/memory.max"), id, name, runtime);
        if (FileOf(container, "io.stat\0"u8) is { IsEmpty: false } io)
        {
            sink.Add(Io, SumOf(io, "rbytes="u8), id, name, runtime, Read);
            sink.Add(Io, SumOf(io, "wbytes="u8), id, name, runtime, Write);
        }
    }

    /// <summary>Empty when the container has gone, or the controller is off.</summary>
    ReadOnlySpan<byte> FileOf(Container container, ReadOnlySpan<byte> fileWithZero)
    {
        if (container.Folder.Length + fileWithZero.Length > LongestPath)
            return default;
        container.Folder.CopyTo(_path, 0);
        fileWithZero.CopyTo(_path.AsSpan(container.Folder.Length));
        return RawFile.Read(_path, _text);
    }

    // 8:0 rbytes=90112 wbytes=4096 rios=22 wios=1 dbytes=0 dios=0
    static double SumOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        double sum = 0;
        while (text.TakeLine(out var line))
            while (line.TakeField(out var field))
                if (field.StartsWith(key))
                    sum += Utf8Parser.TryParse(field[key.Length..], out ulong bytes, out int used) && key.Length + used == field.Length
                        ? bytes
                        : throw new FormatException($"/sys/fs/cgroup/…/io.stat: a number was expected, found {TextScan.Quote(field)}");
        return sum;
    }
}
