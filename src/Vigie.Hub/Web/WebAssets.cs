using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;

namespace Vigie.Hub.Web;

/// <summary>
/// Style sheet, scripts and icon, carried inside the program. Their address holds their hash, so a browser keeps them for
/// good and a new version is fetched at once.
/// </summary>
static class WebAssets
{
    static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    static readonly FrozenDictionary<string, byte[]> Files = Read();

    /// <summary>One version for all, so that scripts can import each other by relative address.</summary>
    static readonly string Version =
        Convert.ToHexStringLower(SHA256.HashData([.. Files.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => f.Value)]))[..12];

    public static string Url(string file) => $"/assets/{Version}/{file}";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/assets/{version}/{file}", Serve);

    static IResult Serve(HttpContext context, [FromRoute] string version, [FromRoute] string file)
    {
        if (!Files.TryGetValue(file, out var bytes))
            return Results.NotFound();
        context.Response.Headers.CacheControl = version == Version ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Bytes(bytes, Types.GetValueOrDefault(Path.GetExtension(file), "application/octet-stream"));
    }

    static FrozenDictionary<string, byte[]> Read()
    {
        const string Prefix = "wwwroot/";
        var assembly = Assembly.GetExecutingAssembly();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[name[Prefix.Length..]] = bytes;
        }
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
