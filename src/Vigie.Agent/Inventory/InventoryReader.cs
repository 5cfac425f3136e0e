using Vigie.Agent.Reading;

namespace Vigie.Agent.Inventory;

/// <summary>
/// Reads a host's inventory, and again only what may have changed. The list of packages is the dear part: it is read when the time of
/// change of the package manager's files is another, or the rest has changed and all is told anew; it is not kept in between.
/// </summary>
sealed class InventoryReader(HostRoot root, IReadOnlyList<IPackageSource> sources, TimeProvider time)
{
    /// <summary>Replaced files are looked for when packages have changed, as long as some are in use, and else so often.</summary>
    static readonly TimeSpan BetweenScans = TimeSpan.FromHours(1);

    static readonly string[] RestartMarks = ["/run/reboot-required", "/var/run/reboot-required"];

    readonly KernelRelease _kernel = new(root);
    readonly DeletedFiles _deleted = new(root);
    InventoryDocument? _told;
    long _scanned;
    string _marks = "";

    public InventoryReader(HostRoot root, TimeProvider time)
        : this(root, [new DpkgPackages(root), new ApkPackages(root), new RpmPackages(root, time)], time)
    {
    }

    /// <summary>The document when it is another than the one before, which the first always is; else null.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken ct)
    {
        string marks = Marks();
        bool packagesChanged = _told is null || marks != _marks;
        var rest = ReadRest(packagesChanged);
        if (!packagesChanged && Same(rest, _told!))
            return null;
        var full = await WithPackagesAsync(rest, ct);
        // What failed is tried again at the next look.
        _marks = full.Notes.Count == rest.Notes.Count ? marks : "";
        // The packages are not kept: they would be most of what the agent has in memory.
        _told = rest;
        return full.Write();
    }

    async ValueTask<InventoryDocument> WithPackagesAsync(InventoryDocument rest, CancellationToken ct)
    {
        var list = new PackageList();
        var notes = new List<string>(rest.Notes);
        string system = "";
        foreach (var source in sources.Where(s => s.Marks.Any(IsThere)))
            try
            {
                await source.ReadAsync(list, ct);
                system = system.Length == 0 ? source.Name : $"{system}, {source.Name}";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                notes.Add($"{source.Name}: {e.Message}");
            }
        var packages = list.ToList();
        return rest with { PackageSystem = system, Packages = packages, Kernels = Kernels.Read(root, packages), Notes = notes };
    }

    InventoryDocument ReadRest(bool scan)
    {
        var os = OsRelease.Read(root);
        scan |= _told is not { Services.Count: 0 } || time.GetElapsedTime(_scanned) >= BetweenScans;
        if (scan)
            _scanned = time.GetTimestamp();
        var (services, unread) = scan ? _deleted.Read() : (_told!.Services, _told.ProcessesUnread);
        return new(
            new(Field(os, "ID"), Field(os, "VERSION_ID"), Field(os, "VERSION_CODENAME"), Field(os, "PRETTY_NAME"), Field(os, "ID_LIKE")),
            root.ReadLine("/proc/sys/kernel/osrelease"), PackageList.Clip(root.ReadLine("/proc/sys/kernel/version")), Kernels.Read(root, []),
            RestartRequired(), RestartFor(), Hardware.Read(root), Interfaces.Read(), "", [], services, unread, []);
    }

    bool? RestartRequired() => RestartMarks.Any(root.Exists) ? true : _kernel.IsOutdated() ?? (sources.SelectMany(s => s.Marks).Any(IsThere) ? false : null);

    string[] RestartFor() =>
    [
        .. RestartMarks.Select(m => root.ReadText(m + ".pkgs")).FirstOrDefault(t => t.Length > 0, "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct(StringComparer.Ordinal).Take(100).Select(PackageList.Clip),
    ];

    static string Field(Dictionary<string, string> values, string key) => PackageList.Clip(values.GetValueOrDefault(key, ""));

    /// <summary>Held against each other as they are sent; how many processes can't be seen changes all the time and is no news.</summary>
    static bool Same(InventoryDocument a, InventoryDocument b) =>
        (a with { ProcessesUnread = 0 }).Write().AsSpan().SequenceEqual((b with { ProcessesUnread = 0 }).Write());

    string Marks() => string.Join('|', sources.SelectMany(s => s.Marks).Select(path => ChangedAt(path)));

    long ChangedAt(string path) => IsThere(path) ? File.GetLastWriteTimeUtc(root.Map(path)).Ticks : 0;

    bool IsThere(string path) => Path.Exists(root.Map(path));
}
