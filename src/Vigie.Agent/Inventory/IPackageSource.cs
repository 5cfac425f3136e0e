namespace Vigie.Agent.Inventory;

/// <summary>The packages of one package manager.</summary>
interface IPackageSource
{
    /// <summary>As it stands in the inventory: <c>dpkg</c>.</summary>
    string Name { get; }

    /// <summary>Files and folders whose times of change tell whether packages have changed; there is nothing to read when none exists.</summary>
    IReadOnlyList<string> Marks { get; }

    /// <summary>Adds every package that is installed.</summary>
    /// <exception cref="IOException">It can't be read, or its tool has failed; the message says which and why.</exception>
    /// <exception cref="UnauthorizedAccessException">The agent may not read it.</exception>
    ValueTask ReadAsync(PackageList list, CancellationToken ct);
}
