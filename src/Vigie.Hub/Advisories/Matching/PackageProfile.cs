using System.Text.RegularExpressions;
using Vigie.Agent.Inventory;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>
/// One package as it is judged: equal for all hosts that have the same version of it on the same system, so that a fleet is judged once.
/// </summary>
/// <param name="Source">As the host names it.</param>
/// <param name="Lookup">By which the distribution's data know it: linux for linux-signed-amd64.</param>
/// <param name="Version">Version of the source; of a kernel, that of the newest installed.</param>
/// <param name="Owner">Whose package it is when it is not the distribution's; null when it is.</param>
/// <param name="Running">Of a kernel: the version that runs; null when that is not told.</param>
/// <param name="ForeignKernel">Release of the kernel that runs and belongs to no installed package; null for none.</param>
/// <param name="Also">Of a kernel: other versions that are installed, parted by ", ".</param>
/// <param name="Restart">Why a restart is needed before the installed version counts; null when it isn't.</param>
/// <param name="Binaries">Of rpm, whose errata may name binary packages: these, parted by blanks.</param>
sealed partial record PackageProfile(HostSystem System, string Source, string Lookup, string Version, string? Owner, bool IsKernel = false,
    string? Running = null, string? ForeignKernel = null, string Also = "", string? Restart = null, string Binaries = "")
{
    /// <summary>By what differs most: profiles are keys, looked up hundreds of times for each host.</summary>
    public override int GetHashCode() => HashCode.Combine(Lookup, Version, Running, Restart);

    public bool Equals(PackageProfile? other) => other is not null && Lookup == other.Lookup && Version == other.Version && Source == other.Source
        && Owner == other.Owner && IsKernel == other.IsKernel && Running == other.Running && ForeignKernel == other.ForeignKernel && Also == other.Also
        && Restart == other.Restart && Binaries == other.Binaries && System == other.System;

    public static List<PackageProfile> Of(InventoryDocument host)
    {
        var system = Distributions.Of(host.Os);
        var profiles = new List<PackageProfile>(host.Packages.Count);
        var kernels = new Dictionary<(string Lookup, string? Owner), List<(PackageInfo Package, string Version)>>();
        bool isRpm = system.Scheme == Versions.VersionScheme.RpmEvr;
        foreach (var package in host.Packages)
        {
            if (Kernels.Find(package) is { } kernel)
            {
                if (!kernels.TryGetValue((kernel.Lookup, kernel.Owner), out var list))
                    kernels[(kernel.Lookup, kernel.Owner)] = list = [];
                list.Add((package, Unbuilt(kernel.Version)));
            }
            else if (!Kernels.IsSource(package.Source))
                profiles.Add(new(system, package.Source, package.Source, Unbuilt(package.Version),
                    ThirdParty.Owner(package.Version, package.Maintainer, system.Os),
                    Restart: Restarts.Reason(package, host), Binaries: isRpm ? string.Join(' ', package.Binaries) : ""));
        }
        foreach (var ((lookup, owner), packages) in kernels)
        {
            var versions = Kernels.Versions(packages, host, system.Scheme);
            profiles.Add(new(system, packages[0].Package.Source, lookup, versions.Newest,
                owner ?? ThirdParty.Owner(versions.Running ?? versions.Newest, packages[0].Package.Maintainer, system.Os), true, versions.Running,
                versions.IsForeign ? host.Kernel : null, string.Join(", ", versions.Others),
                Binaries: isRpm ? string.Join(' ', packages.SelectMany(p => p.Package.Binaries)) : ""));
        }
        return profiles;
    }

    /// <summary>A rebuild without change (<c>+b1</c>) has the source's version before that.</summary>
    static string Unbuilt(string version) => Rebuild().Replace(version, "");

    [GeneratedRegex(@"(?<=-[^-]*)\+b[0-9]{1,3}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Rebuild();
}

/// <summary>Finds what still runs the code that an update has replaced.</summary>
static partial class Restarts
{
    public static string? Reason(PackageInfo package, InventoryDocument host)
    {
        if (host.RestartFor.FirstOrDefault(r => package.Binaries.Contains(r, StringComparer.Ordinal)) is { } asks)
            return $"{asks} asks for a restart of the host";
        foreach (var service in host.Services)
            foreach (string file in service.Files)
                if (IsOf(file, package))
                    return $"{service.Unit} still uses the replaced {Path.GetFileName(file)}";
        return null;
    }

    /// <summary>Packages of libraries are named after their soname: libssl.so.3 is in libssl3 or libssl3t64. Programs are named after themselves.</summary>
    static bool IsOf(string file, PackageInfo package)
    {
        string name = Path.GetFileName(file);
        if (SharedObject().Match(name) is not { Success: true } match)
            return package.Source == name || package.Binaries.Contains(name, StringComparer.Ordinal);
        string stem = match.Groups["name"].Value.ToLowerInvariant().Replace('_', '-'), version = match.Groups["version"].Value.Split('.')[0];
        string joined = stem + (stem.Length > 0 && char.IsAsciiDigit(stem[^1]) ? "-" : "") + version;
        return package.Binaries.Any(b => b == joined || b == stem + version || b == joined + "t64" || b == stem + "-" + version
            || (stem is "libc" && b == "libc6" && version == "6"));
    }

    [GeneratedRegex(@"^(?<name>lib[A-Za-z0-9_+.-]+?)(\.so)\.(?<version>[0-9][0-9.]*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SharedObject();
}
