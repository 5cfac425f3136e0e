using Vigie.Agent.Reading;

namespace Vigie.Agent.Inventory;

/// <summary>Debian's and its kin's: dpkg's status file, and the folder of such files that images without dpkg have.</summary>
sealed class DpkgPackages(HostRoot root) : IPackageSource
{
    const string Status = "/var/lib/dpkg/status", Folder = "/var/lib/dpkg/status.d";

    public string Name => "dpkg";

    public IReadOnlyList<string> Marks => [Status, Folder];

    public ValueTask ReadAsync(PackageList list, CancellationToken ct)
    {
        if (root.Exists(Status))
            Read(Status, list, needsStatus: true);
        if (Directory.Exists(root.Map(Folder)))
            foreach (var path in Directory.GetFiles(root.Map(Folder)).Order(StringComparer.Ordinal))
                if (!path.EndsWith(".md5sums", StringComparison.Ordinal))
                    Read($"{Folder}/{Path.GetFileName(path)}", list, needsStatus: false);
        return default;
    }

    void Read(string path, PackageList list, bool needsStatus)
    {
        using var lines = new LineStream(
            new FileStream(root.Map(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        string name = "", version = "", source = "", maintainer = "";
        bool installed = !needsStatus, more;
        do
        {
            more = lines.TryRead(out var line);
            if (line.IsEmpty)
            {
                if (installed)
                {
                    var (of, ofVersion) = Split(source);
                    list.Add(name, version, of, ofVersion, maintainer);
                }
                (name, version, source, maintainer, installed) = ("", "", "", "", !needsStatus);
            }
            else if (line.StartsWith("Package: "u8))
                name = PackageList.Text(line["Package: ".Length..]);
            else if (line.StartsWith("Status: "u8))
                installed = IsThere(line);
            else if (line.StartsWith("Version: "u8))
                version = PackageList.Text(line["Version: ".Length..]);
            else if (line.StartsWith("Source: "u8))
                source = PackageList.Text(line["Source: ".Length..]);
            else if (line.StartsWith("Maintainer: "u8))
                maintainer = PackageList.Text(line["Maintainer: ".Length..]);
        }
        while (more);
    }

    /// <summary>Whether the package's files are in place: not when only its settings are left, and not when unpacking has failed.</summary>
    static bool IsThere(ReadOnlySpan<byte> status) => !(status.EndsWith(" not-installed"u8) || status.EndsWith(" config-files"u8)
        || status.EndsWith(" half-installed"u8));

    /// <summary><c>openssl</c>, or <c>gcc-12 (12.2.0-14)</c> where a package's version is another than its source's.</summary>
    static (string Name, string Version) Split(string source)
    {
        int bracket = source.IndexOf(" (", StringComparison.Ordinal);
        return bracket < 0 ? (source, "") : (source[..bracket], source[(bracket + 2)..].TrimEnd(')'));
    }
}
