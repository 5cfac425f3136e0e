using System.Text.Json;
using Vigie.Agent.Inventory;
using Vigie.Hub.Inventory;

namespace Vigie.Tests.Support;

/// <summary>Small inventories, made as the hub makes them: from JSON.</summary>
static class Inventories
{
    public static PackageInfo Package(string source, string version, params string[] binaries) => new(source, version, binaries);

    public static InventoryDocument Debian(string codename, params PackageInfo[] packages) => Of("debian", "", codename, packages);

    public static InventoryDocument Of(string id, string version, string codename, params PackageInfo[] packages) =>
        ReportedInventory.Parse(JsonSerializer.SerializeToUtf8Bytes(new
        {
            os = new { id, version, codename },
            packages = packages.Select(p => new { source = p.Source, version = p.Version, binaries = p.Binaries, maintainer = p.Maintainer }),
        }))!;
}
