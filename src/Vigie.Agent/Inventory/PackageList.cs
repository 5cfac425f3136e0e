using System.Text;

namespace Vigie.Agent.Inventory;

/// <summary>Gathers packages by their sources.</summary>
sealed class PackageList
{
    const int MostPackages = 50_000, LongestText = 200;

    readonly Dictionary<(string Source, string Version), (List<string> Binaries, string? Maintainer)> _sources = [];
    readonly Dictionary<string, string> _words = new(StringComparer.Ordinal); // a few maintainers have most packages
    int _count;

    /// <param name="name">Of the package; one without a name or version is left out.</param>
    /// <param name="source">Of its source; empty when it is the package's own name.</param>
    public void Add(string name, string version, string source, string sourceVersion, string maintainer)
    {
        if (name.Length == 0 || version.Length == 0 || ++_count > MostPackages)
            return;
        var key = (Clip(source.Length > 0 ? source : name), Clip(sourceVersion.Length > 0 ? sourceVersion : version));
        if (!_sources.TryGetValue(key, out var found))
            _sources.Add(key, found = ([], maintainer.Length > 0 ? Shared(Clip(maintainer)) : null));
        if (!found.Binaries.Contains(name)) // one name for several architectures
            found.Binaries.Add(Clip(name));
    }

    public IReadOnlyList<PackageInfo> ToList() =>
    [
        .. _sources.OrderBy(s => s.Key.Source, StringComparer.Ordinal).ThenBy(s => s.Key.Version, StringComparer.Ordinal)
            .Select(s => new PackageInfo(s.Key.Source, s.Key.Version, [.. s.Value.Binaries.Order(StringComparer.Ordinal)], s.Value.Maintainer)),
    ];

    string Shared(string text) => _words.TryGetValue(text, out var known) ? known : _words[text] = text;

    internal static string Clip(string text) => text.Length <= LongestText ? text : text[..LongestText];

    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.Trim(" \t\r"u8));
}
