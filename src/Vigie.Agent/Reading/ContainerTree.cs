using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>A container and the path of its control group, in UTF-8 and with a slash at its end.</summary>
sealed record Container(string Id, string Runtime, string Name, byte[] Folder);

/// <summary>
/// Finds containers among the control groups (version 2). The tree is walked seldom and within bounds: in depth, in folders seen, and in
/// containers kept; the number of those found tells of what is not kept.
/// </summary>
sealed class ContainerTree(HostRoot root)
{
    public const int MostContainers = 200;

    const string Groups = "/sys/fs/cgroup";
    const int MostFolders = 5000, Deepest = 10, ShortId = 12;

    readonly ContainerNames _names = new(root);
    int _folders;

    public IReadOnlyList<Container> Containers { get; private set; } = [];

    /// <summary>Containers found, by runtime, those that are not kept included.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Found { get; private set; } = [];

    /// <summary>False when the host has no control groups of version 2.</summary>
    public bool Walk()
    {
        Containers = [];
        Found = [];
        if (!root.Exists(Groups + "/cgroup.controllers"))
            return false;
        var found = new List<(ContainerIdentity Identity, string Path)>();
        _folders = 0;
        Walk(root.Map(Groups), 0, found);
        _names.Refresh();
        Found = [.. found.CountBy(c => c.Identity.Runtime).OrderBy(r => r.Key, StringComparer.Ordinal)];
        Containers =
        [
            .. found.DistinctBy(c => c.Identity.Id).OrderBy(c => c.Path, StringComparer.Ordinal).Take(MostContainers)
                .Select(c => new Container(Short(c.Identity.Id), c.Identity.Runtime, _names.NameOf(c.Identity) ?? Short(c.Identity.Id),
                    Encoding.UTF8.GetBytes(c.Path + '/'))),
        ];
        return true;
    }

    void Walk(string folder, int depth, List<(ContainerIdentity Identity, string Path)> found)
    {
        string[] inner;
        try
        {
            inner = Directory.GetDirectories(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // removed while we looked, or not for us
        }
        foreach (string path in inner)
        {
            if (++_folders > MostFolders)
                return;
            if (ContainerPath.Of(folder, Path.GetFileName(path)) is { } container)
                found.Add((container, path)); // what it has inside is its own affair
            else if (depth < Deepest)
                Walk(path, depth + 1, found);
        }
    }

    static string Short(string id) => id.Length > ShortId && !id.AsSpan().ContainsAnyExcept("0123456789abcdef") ? id[..ShortId] : id;
}
