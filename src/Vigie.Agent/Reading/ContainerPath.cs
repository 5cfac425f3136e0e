namespace Vigie.Agent.Reading;

/// <param name="Id">As its runtime knows it: 64 hexadecimal digits, or a name.</param>
/// <param name="Runtime">Empty when the path doesn't tell.</param>
readonly record struct ContainerIdentity(string Id, string Runtime);

/// <summary>
/// Tells containers from other control groups by the names their runtimes give: <c>docker-ID.scope</c>, <c>libpod-ID.scope</c>,
/// <c>cri-containerd-ID.scope</c>, <c>kubepods/…/ID</c>, <c>lxc.payload.NAME</c>, <c>systemd-nspawn@NAME.service</c>.
/// </summary>
static class ContainerPath
{
    const int IdLength = 64;

    /// <summary>The container of a control group's folder; null when it is none.</summary>
    /// <param name="parent">The path of the folder it lies in.</param>
    /// <param name="name">Its own name.</param>
    public static ContainerIdentity? Of(string parent, string name)
    {
        if (After(name, "lxc.payload.") is { } lxc)
            return new(lxc, "lxc");
        if (After(name, "systemd-nspawn@") is { } machine && machine.EndsWith(".service", StringComparison.Ordinal))
            return new(machine[..^".service".Length], "systemd-nspawn");
        if (parent.EndsWith("/lxc", StringComparison.Ordinal))
            return new(name, "lxc");

        string bare = name.EndsWith(".scope", StringComparison.Ordinal) ? name[..^".scope".Length] : name;
        if (bare.Length < IdLength || bare.AsSpan(bare.Length - IdLength).ContainsAnyExcept("0123456789abcdef"))
            return null;
        string id = bare[^IdLength..];
        return bare[..^IdLength] switch
        {
            "docker-" => new(id, "docker"),
            "libpod-" => new(id, "podman"),
            "crio-" => new(id, "cri-o"),
            "cri-containerd-" or "nerdctl-" => new(id, "containerd"),
            "" => new(id, parent.EndsWith("/docker", StringComparison.Ordinal) ? "docker" : ""),
            _ => null, // libpod-conmon-ID.scope and the like: a container's keeper
        };
    }

    static string? After(string name, string start) =>
        name.Length > start.Length && name.StartsWith(start, StringComparison.Ordinal) ? name[start.Length..] : null;
}
