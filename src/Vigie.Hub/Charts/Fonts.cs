using SkiaSharp;

namespace Vigie.Hub.Charts;

/// <summary>A font for pictures: the usual sans-serif of a server when it has one, else any it has.</summary>
static class Fonts
{
    static readonly string[] Liked =
        ["DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "OpenSans-Regular.ttf", "Lato-Regular.ttf"];
    static readonly string[] Folders = ["/usr/share/fonts", "/usr/local/share/fonts"];

    static readonly Lazy<SKTypeface?> Found = new(() => Path(Folders) is { } path ? SKTypeface.FromFile(path) : null);

    /// <summary>Null on a machine without fonts.</summary>
    public static SKTypeface? Find() => Found.Value;

    internal static string? Path(IEnumerable<string> folders)
    {
        var fonts = folders.Where(Directory.Exists)
            .SelectMany(f =>
                Directory.EnumerateFiles(f, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
            .Where(f => f.EndsWith(".ttf", StringComparison.OrdinalIgnoreCase) || f.EndsWith(".otf", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToList();
        return Liked.Select(name => fonts.Find(f => f.EndsWith('/' + name, StringComparison.Ordinal)))
            .FirstOrDefault(f => f is not null) ?? fonts.FirstOrDefault();
    }
}
