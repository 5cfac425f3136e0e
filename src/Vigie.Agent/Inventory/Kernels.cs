using Vigie.Agent.Reading;

namespace Vigie.Agent.Inventory;

/// <summary>The kernels that a host could start: their images in /boot and their modules.</summary>
static class Kernels
{
    const string Image = "vmlinuz-", Package = "linux-image-";

    public const string Boot = "/boot", Modules = "/lib/modules";

    /// <summary>Their releases, the newest last.</summary>
    /// <param name="root">The host.</param>
    /// <param name="packages">Those of Debian's kin bear the release in their names, and tell of kernels whose /boot is not shown to us.</param>
    public static IReadOnlyList<string> Read(HostRoot root, IEnumerable<PackageInfo> packages) =>
    [
        .. Names(root, Boot, Directory.GetFiles).Where(n => n.StartsWith(Image, StringComparison.Ordinal)).Select(n => n[Image.Length..])
            // A kernel that was removed leaves its folder behind when something was added to it, but not the list of its modules.
            .Concat(Names(root, Modules, Directory.GetDirectories).Where(n => root.Exists($"{Modules}/{n}/modules.dep")))
            .Concat(packages.SelectMany(p => p.Binaries).Where(b => b.StartsWith(Package, StringComparison.Ordinal)).Select(b => b[Package.Length..]))
            .Where(release => release.Length > 0 && char.IsAsciiDigit(release[0]))
            .Select(release => PackageList.Clip(release.EndsWith("-unsigned", StringComparison.Ordinal) ? release[..^"-unsigned".Length] : release))
            .Distinct(StringComparer.Ordinal)
            .Order(Comparer<string>.Create((a, b) => DebianVersion.ComparePart(a, b))),
    ];

    static IEnumerable<string> Names(HostRoot root, string folder, Func<string, string[]> list)
    {
        try
        {
            return [.. list(root.Map(folder)).Select(p => Path.GetFileName(p))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
