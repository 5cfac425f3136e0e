using System.Text.Json;
using Vigie.Agent.Inventory;
using Vigie.Hub.Snapshots;

namespace Vigie.Hub.Inventory;

/// <summary>What hosts are made of, as their agents have told last.</summary>
sealed class ReportedInventory(SnapshotStore snapshots)
{
    /// <summary>Null when the host has told nothing, or nothing that can be read.</summary>
    public (InventoryDocument Document, DateTimeOffset Time)? Of(string host)
    {
        if (snapshots.Find(host, InventoryDocument.Kind) is not { } snapshot)
            return null;
        try
        {
            return Parse(snapshot.Json) is { } document ? (document, snapshot.Time) : null;
        }
        catch (JsonException)
        {
            return null; // of a newer agent, or of somebody who means no good
        }
    }

    /// <summary>Null for the document <c>null</c>; what is missing is empty.</summary>
    /// <exception cref="JsonException">It is not of the shape that docs/inventory.md tells.</exception>
    public static InventoryDocument? Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, DocumentJson.Default.InventoryDocument) is { } document ? Whole(document) : null;

    /// <summary>What may be missing from a document is empty.</summary>
    static InventoryDocument Whole(InventoryDocument d) => d with
    {
        Os = d.Os is { } os ? new(os.Id ?? "", os.Version ?? "", os.Codename ?? "", os.Name ?? "", os.Like ?? "") : new("", "", "", "", ""),
        Kernel = d.Kernel ?? "",
        KernelBuild = d.KernelBuild ?? "",
        Kernels = Texts(d.Kernels),
        RestartFor = Texts(d.RestartFor),
        Hardware = d.Hardware is { } h
            ? h with { Vendor = h.Vendor ?? "", Product = h.Product ?? "", Virtualization = h.Virtualization ?? "", Cpu = h.Cpu ?? "" }
            : new("", "", "", "", "", 0, 0, 0),
        Interfaces = [.. (d.Interfaces ?? []).Where(i => i is { Name.Length: > 0 })
            .Select(i => i with { Mac = i.Mac ?? "", Addresses = Texts(i.Addresses) })],
        PackageSystem = d.PackageSystem ?? "",
        Packages = [.. (d.Packages ?? []).Where(p => p is { Source.Length: > 0 })
            .Select(p => p with { Version = p.Version ?? "", Binaries = Texts(p.Binaries) })],
        Services = [.. (d.Services ?? []).Where(s => s is { Unit.Length: > 0 }).Select(s => s with { Files = Texts(s.Files) })],
        Notes = Texts(d.Notes),
    };

    static string[] Texts(IReadOnlyList<string>? texts) => [.. (texts ?? []).Where(t => t is { Length: > 0 })];
}
