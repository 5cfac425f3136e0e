using System.IO.Compression;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>Packages of a Debian or Ubuntu host; the last three are null when apt's lists can't be read.</summary>
readonly record struct PackageCounts(int Installed, int Held, int? Pending, int? Security);

/// <summary>
/// Compares what dpkg has installed with what apt's lists offer, which is what <c>apt list --upgradable</c> does, without starting it. The
/// files are read as streams, and only of packages that are installed anything is kept. Left out are packages on hold, sources that
/// are not automatic (backports), and updates that are handed out step by step; preferences of the administrator are not read.
/// </summary>
sealed class AptLists(HostRoot root)
{
    const string Status = "/var/lib/dpkg/status", Folder = "/var/lib/apt/lists";
    const int MostPackages = 100_000, HeaderLines = 40;

    readonly Dictionary<string, Package> _installed = new(StringComparer.Ordinal);
    int _count, _held;

    /// <summary>One installed package; packages of one name for several architectures are chained.</summary>
    sealed class Package
    {
        public string Version = "", Architecture = "";
        public bool IsPending, IsSecurity;
        public Package? Next;
    }

    /// <summary>A source: the beginning of its lists' names, and what its Release file says.</summary>
    readonly record struct Source(string Prefix, bool IsAutomatic, bool IsSecurity);

    /// <summary>Null where dpkg has no packages.</summary>
    /// <exception cref="FormatException">A stanza has no version.</exception>
    public static PackageCounts? Count(HostRoot root)
    {
        var lists = new AptLists(root);
        if (!root.Exists(Status))
            return null;
        lists.ReadInstalled();
        bool known = lists.ReadOffers();
        var all = lists._installed.Values.SelectMany(Chain).ToList();
        return new(lists._count, lists._held, known ? all.Count(p => p.IsPending) : null,
            known ? all.Count(p => p is { IsPending: true, IsSecurity: true }) : null);
    }

    static IEnumerable<Package> Chain(Package? package)
    {
        for (; package is not null; package = package.Next)
            yield return package;
    }

    void ReadInstalled()
    {
        using var lines = new LineStream(Open(Status));
        string name = "", version = "", architecture = "", status = "";
        bool more;
        do
        {
            more = lines.TryRead(out var line);
            if (line.IsEmpty) // the end of a stanza
            {
                Add(name, version, architecture, status);
                name = version = architecture = status = "";
            }
            else if (ValueOf(line, "Package: "u8) is { IsEmpty: false } n)
                name = Encoding.UTF8.GetString(n);
            else if (ValueOf(line, "Status: "u8) is { IsEmpty: false } s)
                status = Encoding.UTF8.GetString(s);
            else if (ValueOf(line, "Architecture: "u8) is { IsEmpty: false } a)
                architecture = Encoding.UTF8.GetString(a);
            else if (ValueOf(line, "Version: "u8) is { IsEmpty: false } v)
                version = Encoding.UTF8.GetString(v);
        }
        while (more);
    }

    void Add(string name, string version, string architecture, string status)
    {
        if (name.Length == 0 || !status.EndsWith(" installed", StringComparison.Ordinal) || _count >= MostPackages)
            return;
        if (version.Length == 0)
            throw new FormatException($"{Status}: a version of {TextScan.Quote(Encoding.UTF8.GetBytes(name))} was expected, and is missing");
        _count++;
        if (status.StartsWith("hold ", StringComparison.Ordinal))
            _held++;
        else
            _installed[name] = new() { Version = version, Architecture = architecture, Next = _installed.GetValueOrDefault(name) };
    }

    /// <summary>False when there are no lists, or some that we can't read.</summary>
    bool ReadOffers()
    {
        if (!Directory.Exists(root.Map(Folder)))
            return false;
        var names = Directory.GetFiles(root.Map(Folder)).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal).ToArray();
        Source[] sources =
        [
            .. names.Where(n => n.EndsWith("_InRelease", StringComparison.Ordinal) || n.EndsWith("_Release", StringComparison.Ordinal))
                .Select(ReadSource).OrderByDescending(s => s.Prefix.Length),
        ];
        bool any = false;
        foreach (var name in names)
        {
            int packages = name.LastIndexOf("_Packages", StringComparison.Ordinal);
            if (packages < 0)
                continue;
            string compression = name[(packages + "_Packages".Length)..];
            if (compression is not ("" or ".gz" or ".lz4")) // xz and zstd, which somebody must have asked apt for
                return false;
            any = true;
            var source = sources.FirstOrDefault(s => name.StartsWith(s.Prefix, StringComparison.Ordinal),
                new("", IsAutomatic: true, name.Contains("-security_", StringComparison.Ordinal)));
            if (source.IsAutomatic)
                ReadOffers($"{Folder}/{name}", compression, source.IsSecurity);
        }
        return any;
    }

    Source ReadSource(string name)
    {
        bool automatic = true, security = false;
        using var lines = new LineStream(Open($"{Folder}/{name}"));
        for (int i = 0; i < HeaderLines && lines.TryRead(out var line); i++)
        {
            automatic &= !line.StartsWith("NotAutomatic: yes"u8);
            security |= line.StartsWith("Label: Debian-Security"u8)
                || ((line.StartsWith("Suite: "u8) || line.StartsWith("Codename: "u8)) && line.EndsWith("-security"u8));
        }
        return new(name[..(name.LastIndexOf('_') + 1)], automatic, security);
    }

    void ReadOffers(string path, string compression, bool isSecurity)
    {
        using var lines = new LineStream(compression switch
        {
            ".gz" => new GZipStream(Open(path), CompressionMode.Decompress),
            ".lz4" => new Lz4Stream(new BufferedStream(Open(path))),
            _ => Open(path),
        });
        Package? installed = null;
        string version = "", architecture = "";
        bool partial = false, more;
        do
        {
            more = Next(lines, path, out var line);
            if (line.IsEmpty)
            {
                if (installed is not null && version.Length > 0 && !partial)
                    Offer(installed, version, architecture, isSecurity);
                (installed, version, architecture, partial) = (null, "", "", false);
            }
            else if (ValueOf(line, "Package: "u8) is { IsEmpty: false } name)
                installed = InstalledAs(name);
            else if (installed is null)
                continue; // most of the list
            else if (ValueOf(line, "Version: "u8) is { IsEmpty: false } v)
                version = Encoding.UTF8.GetString(v);
            else if (ValueOf(line, "Architecture: "u8) is { IsEmpty: false } a)
                architecture = Encoding.UTF8.GetString(a);
            else if (line.StartsWith("Phased-Update-Percentage: "u8) && !line.EndsWith(" 100"u8))
                partial = true;
        }
        while (more);
    }

    static bool Next(LineStream lines, string path, out ReadOnlySpan<byte> line)
    {
        try
        {
            return lines.TryRead(out line);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    static void Offer(Package? installed, string version, string architecture, bool isSecurity)
    {
        for (; installed is not null; installed = installed.Next)
        {
            bool fits = architecture == installed.Architecture || architecture is "all" or "" || installed.Architecture is "all" or "";
            if (!fits || DebianVersion.Compare(version, installed.Version) <= 0)
                continue;
            installed.IsPending = true;
            installed.IsSecurity |= isSecurity;
        }
    }

    Package? InstalledAs(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[256];
        return Encoding.UTF8.TryGetChars(name, text, out int length)
            && _installed.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out var package) ? package : null;
    }

    static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key) => line.StartsWith(key) ? line[key.Length..] : default;

    FileStream Open(string path) => new(root.Map(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
