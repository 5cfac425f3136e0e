namespace Vigie.Hub.Advisories.Matching;

/// <summary>Which packages an advisory is about: one of a few such statements that an advisory makes.</summary>
/// <param name="Name">Name of a source package; its stem before a version when <paramref name="IsVersioned"/>; <see cref="Kernel"/> for kernels,
/// <see cref="Everything"/> for all packages.</param>
/// <param name="IsVersioned">Whether a version stands in the package's name: postgresql-15.</param>
/// <param name="Behind">What stands behind that version: java-17-openjdk.</param>
/// <param name="Major">The version that the advisory names, when it may stand in the package's name too; null for all.</param>
/// <param name="Distribution">The only one it is about; null for all.</param>
readonly record struct Claim(string Name, bool IsVersioned = false, string Behind = "", int? Major = null, string? Distribution = null)
{
    public const string Kernel = "@kernel", Everything = "@all";

    /// <param name="distribution">Id of the host's own os-release.</param>
    public bool Holds(string source, string distribution, bool isKernel)
    {
        if (Distribution is not null && Distribution != distribution)
            return false;
        if (Name == Everything)
            return true;
        if (Name == Kernel)
            return isKernel;
        if (!IsVersioned)
            return source == Name;
        if (!source.StartsWith(Name, StringComparison.Ordinal) || !source.EndsWith(Behind, StringComparison.Ordinal)
            || source.Length < Name.Length + Behind.Length)
            return false;
        var version = source.AsSpan(Name.Length, source.Length - Name.Length - Behind.Length);
        if (version.ContainsAnyExcept("0123456789."))
            return false;
        int dot = version.IndexOf('.');
        return Major is null || version.IsEmpty || !int.TryParse(dot < 0 ? version : version[..dot], out int major) || major == Major;
    }
}
