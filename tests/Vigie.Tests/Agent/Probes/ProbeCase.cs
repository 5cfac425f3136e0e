using System.Globalization;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Probes;

/// <summary>
/// One folder under Cases/Probes: <c>root/</c> is the host (absent: an empty host), <c>before/</c> the same host at the reading before,
/// <c>statvfs.txt</c> what its mounts answer, <c>timex.txt</c> its clock, <c>units.txt</c> its systemd, <c>expected.txt</c> what the probe must report.
/// </summary>
sealed class ProbeCase(string probe, string name) : IDisposable
{
    readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Cases", "Probes", probe, name);
    readonly string _root = Directory.CreateTempSubdirectory("vigie-case-").FullName;

    public static IEnumerable<(string Probe, string Name)> All() =>
        from probe in Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "Cases", "Probes"))
        from name in Directory.GetDirectories(probe)
        orderby name
        select (Path.GetFileName(probe), Path.GetFileName(name));

    public string Expected => File.ReadAllText(Path.Combine(_folder, "expected.txt")).TrimEnd('\n');

    /// <param name="damage">What to do to each file on its way, if anything.</param>
    public async Task<string> CollectAsync(Func<byte[], byte[]>? damage = null)
    {
        var context = new ProbeContext(new HostRoot(_root), TimeProvider.System, TimeSpan.FromMinutes(1),
            PerCore: name.StartsWith("per-core", StringComparison.Ordinal));
        IProbe subject = probe switch
        {
            "filesystem" => new FileSystemProbe(context, ReadSpace),
            "clock" => new ClockProbe(context, ReadClock),
            "systemd" => new SystemdProbe(context, _ => Task.FromResult(ReadUnits())),
            _ => ProbeCatalog.Create(probe, context),
        };
        if (Directory.Exists(Path.Combine(_folder, "before")))
        {
            CopyFrom("before", damage);
            await CollectedProbe.FromAsync(subject);
        }
        CopyFrom("root", damage);
        return (await CollectedProbe.FromAsync(subject)).Text;
    }

    void CopyFrom(string folder, Func<byte[], byte[]>? damage)
    {
        var source = Path.Combine(_folder, folder);
        if (!Directory.Exists(source))
            return;
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_root, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var content = File.ReadAllBytes(file);
            File.WriteAllBytes(target, damage?.Invoke(content) ?? content); // in place, as the kernel does
        }
    }

    // block size, blocks, free, available, inodes, free inodes, mount point
    FileSystemSpace ReadSpace(string mountpoint)
    {
        foreach (var line in File.ReadLines(Path.Combine(_folder, "statvfs.txt")))
        {
            var columns = line.Split(' ', 7);
            if (columns[6] != mountpoint)
                continue;
            var numbers = columns[..6].Select(c => ulong.Parse(c, CultureInfo.InvariantCulture)).ToArray();
            return new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
        }
        throw new IOException($"{mountpoint}: no such mount in this case");
    }

    // what adjtimex returned, status, offset, estimated error, maximum error
    ClockState ReadClock()
    {
        var text = Path.Combine(_folder, "timex.txt");
        if (!File.Exists(text))
            throw new IOException("adjtimex: Operation not permitted");
        var numbers = File.ReadAllText(text).Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return ClockState.From(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    // name, active, sub, restarts if any
    IReadOnlyList<SystemdUnit> ReadUnits()
    {
        var text = Path.Combine(_folder, "units.txt");
        return !File.Exists(text)
            ? throw new IOException("/run/dbus/system_bus_socket: No such file or directory")
            : [.. File.ReadLines(text).Select(l => l.Split(' ')).Select(c => new SystemdUnit(c[0], c[1], c[2],
                c.Length > 3 ? uint.Parse(c[3], CultureInfo.InvariantCulture) : 0))];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
