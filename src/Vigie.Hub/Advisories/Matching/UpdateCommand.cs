using System.Text.RegularExpressions;
using Vigie.Agent.Inventory;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>What an admin types to get the fix of one package.</summary>
static partial class UpdateCommand
{
    /// <summary>Null when there is none: the names that the host tells are no names of packages.</summary>
    /// <param name="finding">With a fix that can be had.</param>
    public static string? For(PackageFinding finding, InventoryDocument host)
    {
        var package = finding.Package;
        if (finding.Subscription is not null)
            return finding.Row.Cve == 0 ? null : $"pro fix {CveId.ToText(finding.Row.Cve)}";
        string[] names = [.. host.Packages.Where(p => p.Source == package.Source).SelectMany(p => p.Binaries).Distinct(StringComparer.Ordinal)];
        if (names.Length == 0)
            names = [package.Source];
        if (!names.All(n => Name().IsMatch(n)))
            return null;
        string list = string.Join(' ', names);
        if (package.System.Scheme == Versions.VersionScheme.Apk)
            return $"apk upgrade {list}";
        if (package.System.Scheme == Versions.VersionScheme.RpmEvr)
            return package.System.Os is "suse" or "sles" or "opensuse-leap"
                ? $"zypper update {list}" : $"dnf upgrade {list}";
        // A new kernel is a new package, which an upgrade of packages alone leaves out.
        return package.IsKernel ? "apt-get update && apt-get upgrade --with-new-pkgs" : $"apt-get update && apt-get install --only-upgrade {list}";
    }

    /// <summary>What may stand in a shell unquoted; no option among them.</summary>
    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9+._-]{0,99}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();
}
