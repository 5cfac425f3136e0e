using System.Runtime.InteropServices;
using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>Single figures of the kernel: load, uptime, processes, open files, paging, pressure, and who it is.</summary>
sealed class KernelCollector(HostRoot root, TimeProvider time) : INodeCollector
{
    const string Kernel = "/proc/sys/kernel/", Files = "/proc/sys/fs/file-nr", Load = "/proc/loadavg";

    static readonly string[] VmStat = ["oom_kill", "pgfault", "pgmajfault", "pgpgin", "pgpgout", "pswpin", "pswpout"];

    public string Name => "kernel";

    public ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        WriteLoad(text);
        WriteFiles(text);
        WriteVmStat(text);
        foreach (var (resource, words) in new[] { ("cpu", "CPU time"), ("memory", "memory"), ("io", "input and output") })
            WritePressure(text, resource, words);
        Number(text, "node_entropy_available_bits", Kernel + "random/entropy_avail", "Bits of available entropy.");
        Number(text, "node_entropy_pool_size_bits", Kernel + "random/poolsize", "Bits of the entropy pool.");
        Number(text, "node_nf_conntrack_entries", "/proc/sys/net/netfilter/nf_conntrack_count", "Connections the firewall keeps track of.");
        Number(text, "node_nf_conntrack_entries_limit", "/proc/sys/net/netfilter/nf_conntrack_max", "Connections it can keep track of.");
        WriteIdentity(text);
        text.Gauge("node_time_seconds", "System time in seconds since 1970.").Sample(time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        return default;
    }

    void WriteLoad(NodeText text)
    {
        ReadOnlySpan<byte> load = root.File(Load).ReadOnce();
        if (load.IsEmpty)
            return;
        text.Gauge("node_load1", "1m load average.").Sample(load.TakeDecimal(Load));
        text.Gauge("node_load5", "5m load average.").Sample(load.TakeDecimal(Load));
        text.Gauge("node_load15", "15m load average.").Sample(load.TakeDecimal(Load));
    }

    void WriteFiles(NodeText text)
    {
        ReadOnlySpan<byte> files = root.File(Files).ReadOnce();
        if (files.IsEmpty)
            return;
        text.Gauge("node_filefd_allocated", "File descriptors allocated.").Sample(files.TakeNumber(Files));
        files.SkipFields(1);
        files.TakeLine(out var most);
        text.Gauge("node_filefd_maximum", "File descriptors there can be.").Sample(most.TakeNumber(Files));
    }

    void WriteVmStat(NodeText text)
    {
        const string Path = "/proc/vmstat";
        ReadOnlySpan<byte> lines = root.File(Path).ReadOnce();
        while (lines.TakeLine(out var line))
            if (line.TakeField(out var field) && VmStat.FirstOrDefault(Is(field)) is { } name)
                text.Metric($"node_vmstat_{name}", "untyped", $"{Path} field {name}.").Sample(line.TakeNumber(Path));
    }

    // some avg10=0.00 avg60=0.16 avg300=0.62 total=778881107
    void WritePressure(NodeText text, string resource, string words)
    {
        ReadOnlySpan<byte> lines = root.File($"/proc/pressure/{resource}").ReadIfGiven();
        while (lines.TakeLine(out var line))
        {
            bool all = line.StartsWith("full"u8);
            int total = line.IndexOf("total="u8);
            if (total < 0 || (all && resource is "cpu")) // a whole host is never without any that runs
                continue;
            line = line[(total + "total="u8.Length)..];
            text.Counter($"node_pressure_{resource}_{(all ? "stalled" : "waiting")}_seconds_total",
                all ? $"Time in seconds when all processes waited for {words}." : $"Time in seconds when processes waited for {words}.")
                .Sample(line.TakeNumber("/proc/pressure") / 1e6);
        }
    }

    void Number(NodeText text, string name, string path, string help)
    {
        ReadOnlySpan<byte> content = root.File(path).ReadIfGiven();
        if (!content.IsEmpty)
            text.Gauge(name, help).Sample(content.OnlyNumber(path));
    }

    void WriteIdentity(NodeText text)
    {
        if (root.ReadLine(Kernel + "osrelease") is { Length: > 0 } release)
            text.Gauge("node_uname_info", "What uname tells.").Sample(1,
                ("domainname", root.ReadLine(Kernel + "domainname")), ("machine", Machine()), ("nodename", root.ReadLine(Kernel + "hostname")),
                ("release", release), ("sysname", root.ReadLine(Kernel + "ostype")), ("version", root.ReadLine(Kernel + "version")));
        var os = OsRelease.Read(root);
        if (os.Count > 0)
            text.Gauge("node_os_info", "What os-release tells.").Sample(1,
                [.. new[] { "BUILD_ID", "ID", "ID_LIKE", "IMAGE_ID", "IMAGE_VERSION", "NAME", "PRETTY_NAME", "VARIANT", "VARIANT_ID", "VERSION",
                    "VERSION_CODENAME", "VERSION_ID" }.Select(key => (key.ToLowerInvariant(), os.GetValueOrDefault(key, "")))]);
    }

    // What uname says of the machine, which /proc doesn't tell.
    static string Machine() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.Arm64 => "aarch64",
        var other => HostIdentity.Architecture(other),
    };

    static Func<string, bool> Is(ReadOnlySpan<byte> field)
    {
        string text = Encoding.ASCII.GetString(field);
        return name => name == text;
    }
}
