using System.Text.RegularExpressions;
using Vigie.Agent.Inventory;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>The kernels of one source that a host has.</summary>
/// <param name="Running">Version of the one that runs; null when that can't be told.</param>
/// <param name="Newest">The newest that is installed.</param>
/// <param name="Others">Installed beside it.</param>
/// <param name="IsForeign">A kernel runs that comes from none of the installed packages.</param>
sealed record KernelVersions(string? Running, string Newest, IReadOnlyList<string> Others, bool IsForeign);

/// <summary>
/// Tells kernels from packages that only share their source (headers, <c>linux-libc-dev</c>, tools), and finds which of the installed ones runs.
/// Old ones that are kept beside it do no harm.
/// </summary>
static partial class Kernels
{
    /// <summary>Source in whose name a kernel is judged, and whether the distribution's own data know it; null for what is no kernel.</summary>
    public static (string Lookup, string Version, string? Owner)? Find(PackageInfo package)
    {
        if (!MayBe(package.Source))
            return null;
        if (Foreign().Match(package.Source) is { Success: true } foreign)
            return IsKernel(package) ? ("linux", package.Version, foreign.Value.StartsWith("raspberrypi", StringComparison.Ordinal)
                ? "Raspberry Pi" : "Proxmox") : null;
        if (Signed().Match(package.Source) is { Success: true } signed)
        {
            // Debian's signed kernels have the version of linux with a + for its -.
            int plus = signed.Groups["arch"].Success ? package.Version.LastIndexOf('+') : -1;
            string version = plus < 0 ? package.Version : $"{package.Version[..plus]}-{package.Version[(plus + 1)..]}";
            string flavour = signed.Groups["flavour"].Value;
            return IsKernel(package) ? ("linux" + (flavour.Length > 0 ? "-" + flavour : ""), version, null) : null;
        }
        return Source().IsMatch(package.Source) && IsKernel(package) ? (package.Source, package.Version, null) : null;
    }

    /// <summary>Whether the source is one of kernels at all.</summary>
    public static bool IsSource(string source) => MayBe(source) && (Source().IsMatch(source) || Signed().IsMatch(source) || Foreign().IsMatch(source));

    /// <summary>Spares nearly all packages the patterns.</summary>
    static bool MayBe(string source) => source.StartsWith("linux", StringComparison.Ordinal) || source.StartsWith("kernel", StringComparison.Ordinal)
        || source.StartsWith("pve-", StringComparison.Ordinal) || source.StartsWith("proxmox-", StringComparison.Ordinal)
        || source.StartsWith("raspberrypi-", StringComparison.Ordinal);

    static bool IsKernel(PackageInfo package) => package.Binaries.Count == 0 || package.Binaries.Any(b => !Accessory().IsMatch(b));

    public static KernelVersions Versions(IReadOnlyList<(PackageInfo Package, string Version)> packages, InventoryDocument host,
        Versions.VersionScheme scheme)
    {
        var sorted = packages.OrderBy(p => p.Version, Comparer<string>.Create(scheme.Compare)).ToList();
        string newest = sorted[^1].Version;
        string? running = Built().Match(host.KernelBuild) is { Success: true } built ? built.Groups["version"].Value : null;
        if (running is null && host.Kernel.Length > 0)
            running = sorted.Find(p => Runs(p.Package, p.Version, host.Kernel)).Version;
        bool areNamed = packages.Any(p => p.Package.Binaries.Any(b => Image().IsMatch(b)));
        return new(running, newest, [.. sorted.Select(p => p.Version).Where(v => v != running).Distinct()],
            running is null && host.Kernel.Length > 0 && areNamed);
    }

    static bool Runs(PackageInfo package, string version, string kernel)
    {
        int colon = version.IndexOf(':');
        string plain = colon < 0 ? version : version[(colon + 1)..];
        return package.Binaries.Any(b => b.EndsWith("-" + kernel, StringComparison.Ordinal)
                && (b.StartsWith("linux-image-", StringComparison.Ordinal) || b.StartsWith("linux-modules-", StringComparison.Ordinal)))
            || kernel.StartsWith(plain + ".", StringComparison.Ordinal) // rpm: 5.14.0-362.el9.x86_64
            || kernel.StartsWith(plain.Replace("-r", "-", StringComparison.Ordinal) + "-", StringComparison.Ordinal); // apk: 6.6.58-0-lts
    }

    [GeneratedRegex(@"^(linux(-[0-9]+\.[0-9]+|-(aws|azure|gcp|gke|gkeop|ibm|kvm|oem|oracle|raspi|raspi2|riscv|hwe|lowlatency|bluefield|nvidia|"
        + @"xilinx|intel|lts|virt|rt|edge|generic)(-[a-z0-9.-]+)?)?|kernel(-rt|-uek|-lt|-ml|-plus)?)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Source();

    [GeneratedRegex(@"^linux-signed(-(?<flavour>[0-9]+\.[0-9]+|(?!amd64|arm64|i386|armhf)[a-z0-9][a-z0-9.-]*?))?(-(?<arch>amd64|arm64|i386|armhf))?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Signed();

    [GeneratedRegex(@"^(pve-kernel|proxmox-kernel|raspberrypi-(firmware|kernel))", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Foreign();

    [GeneratedRegex(@"^(linux-(libc-dev.*|headers.*|doc.*|source.*|tools.*|cloud-tools.*|perf.*|kbuild.*|compiler.*|config.*|cpupower|base|"
        + @"support.*|buildinfo.*|lib-rust.*|bpf-dev|hv.*)|kernel-(headers|tools.*|doc.*|devel.*|abi.*|srpm-macros|rpm-macros)|"
        + @"lib(cpupower|bpf|perf|lockdep|traceevent).*|bpftool|usbip|lockdep|hyperv-daemons|perf|python3?-perf|rtla|intel-sdsi|"
        + @".*-dbg(sym)?)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Accessory();

    [GeneratedRegex(@"^linux-(image|modules)-[^ ]*[0-9]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Image();

    /// <summary>Debian's kernels tell the version of their source: <c>#1 SMP PREEMPT_DYNAMIC Debian 6.1.106-3 (2024-08-26)</c>.</summary>
    [GeneratedRegex(@"\bDebian (?<version>[0-9][0-9A-Za-z.+~-]+) \(", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Built();
}
