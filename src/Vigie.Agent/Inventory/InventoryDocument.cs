using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Agent.Inventory;

/// <summary>
/// What a host is made of, as its agent tells its hub when it has changed (docs/inventory.md has the shape). What a host doesn't tell is
/// left out or empty; what was refused to the agent stands in <see cref="Notes"/>.
/// </summary>
/// <param name="Kernel">Release of the kernel that runs.</param>
/// <param name="KernelBuild">What that kernel says about its build; distributions put the version of its package there.</param>
/// <param name="Kernels">Releases that are installed, the newest last.</param>
/// <param name="RestartRequired">Whether installed updates wait for a restart of the host; null when that is not known.</param>
/// <param name="RestartFor">Packages that ask for it.</param>
/// <param name="PackageSystem"><c>dpkg</c>, <c>apk</c> or <c>rpm</c>; empty when there is none.</param>
/// <param name="Packages">In the order of their sources.</param>
/// <param name="Services">Those that still use files which updates have replaced.</param>
/// <param name="ProcessesUnread">Processes of which the agent may not know which files they use.</param>
sealed record InventoryDocument(OsInfo Os, string Kernel, string KernelBuild, IReadOnlyList<string> Kernels, bool? RestartRequired,
    IReadOnlyList<string> RestartFor, HardwareInfo Hardware, IReadOnlyList<InterfaceInfo> Interfaces, string PackageSystem,
    IReadOnlyList<PackageInfo> Packages, IReadOnlyList<StaleService> Services, int ProcessesUnread, IReadOnlyList<string> Notes)
{
    public const string Kind = "inventory";

    /// <summary>The hub takes a mebibyte; what makes a larger document too large is left out, the least needed first.</summary>
    const int MostBytes = 900 * 1024;

    public byte[] Write()
    {
        var (document, json) = (this, ToJson());
        if (json.Length > MostBytes)
            json = (document = document.With("the maintainers of packages are left out, for there are too many",
                [.. Packages.Select(p => p with { Maintainer = null })])).ToJson();
        if (json.Length > MostBytes)
            json = (document = document.With("the names of binary packages are left out, for there are too many",
                [.. document.Packages.Select(p => p with { Binaries = [] })])).ToJson();
        if (json.Length > MostBytes)
            json = document.With("packages are left out, for there are too many",
                [.. document.Packages.Take((int)((long)document.Packages.Count * MostBytes / json.Length * 9 / 10))]).ToJson();
        return json;
    }

    InventoryDocument With(string note, IReadOnlyList<PackageInfo> packages) => this with { Packages = packages, Notes = [.. Notes, note] };

    byte[] ToJson()
    {
        var json = new ArrayBufferWriter<byte>(64 * 1024);
        // Signs like + stand in every other version; escaped for pages, which nobody makes of this unread, they would be a tenth of it all.
        using var writer = new Utf8JsonWriter(json, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        InventoryJson.Default.InventoryDocument.SerializeHandler!(writer, this);
        writer.Flush();
        return json.WrittenSpan.ToArray();
    }
}

/// <param name="Id"><c>debian</c>, <c>ubuntu</c>, <c>alpine</c>, <c>rhel</c>, … as os-release has it.</param>
/// <param name="Like">Distributions it descends from, parted by blanks.</param>
sealed record OsInfo(string Id, string Version, string Codename, string Name, string Like);

/// <param name="Virtualization"><c>none</c> on a real machine, <c>kvm</c>, <c>vmware</c>, … or <c>vm</c> when that is all that is known;
/// empty when nothing is.</param>
/// <param name="Cpus">Logical processors.</param>
/// <param name="Cores">Physical cores; 0 when the kernel doesn't tell.</param>
/// <param name="Memory">Bytes.</param>
sealed record HardwareInfo(string Vendor, string Product, string Virtualization, string Architecture, string Cpu, int Cpus, int Cores, long Memory);

/// <param name="Addresses">With the length of their prefix: <c>192.0.2.7/24</c>.</param>
sealed record InterfaceInfo(string Name, string Mac, IReadOnlyList<string> Addresses);

/// <summary>All packages that were built from one version of one source.</summary>
/// <param name="Source">Name of the source: what advisories speak of.</param>
/// <param name="Version">Version of the source.</param>
/// <param name="Binaries">Names of the installed packages.</param>
/// <param name="Maintainer">Who maintains or has built it, by which packages of others are told apart.</param>
sealed record PackageInfo(string Source, string Version, IReadOnlyList<string> Binaries, string? Maintainer = null);

/// <param name="Unit">Of systemd; else the program's name.</param>
/// <param name="Files">Some of the replaced files it uses.</param>
sealed record StaleService(string Unit, int Processes, IReadOnlyList<string> Files);

// The hub, which reads it, has its own: what only reads is no weight here.
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InventoryDocument))]
sealed partial class InventoryJson : JsonSerializerContext;
