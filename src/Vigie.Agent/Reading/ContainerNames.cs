using System.Text.Json;

namespace Vigie.Agent.Reading;

/// <summary>
/// The names people gave their containers, as far as files that we may read tell: Docker's and Podman's own state, which is mostly for
/// root, and the names of Kubernetes' log files, which everyone may see.
/// </summary>
sealed class ContainerNames(HostRoot root)
{
    const string KubernetesLogs = "/var/log/containers", DockerState = "/var/lib/docker/containers",
        PodmanState = "/var/lib/containers/storage/overlay-containers/containers.json";

    const int LongestState = 1024 * 1024, MostLogs = 5000;

    readonly Dictionary<string, string> _byId = new(StringComparer.Ordinal);

    /// <summary>Looks again at what tells of many containers at once.</summary>
    public void Refresh()
    {
        _byId.Clear();
        try
        {
            ReadKubernetes();
            ReadPodman();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // Names are a kindness; a file that is being written, or not for us, is no failure.
        }
    }

    /// <summary>Null when no readable file tells.</summary>
    public string? NameOf(ContainerIdentity container)
    {
        if (_byId.TryGetValue(container.Id, out var name))
            return name;
        if (container.Runtime is "lxc" or "systemd-nspawn")
            return container.Id;
        return container.Runtime is "docker" ? ReadDocker(container.Id) : null;
    }

    // shop-7d9c5_default_web-ID.log: pod, namespace, container
    void ReadKubernetes()
    {
        if (!Directory.Exists(root.Map(KubernetesLogs)))
            return;
        foreach (var path in Directory.EnumerateFiles(root.Map(KubernetesLogs), "*.log").Take(MostLogs))
        {
            string file = Path.GetFileNameWithoutExtension(path);
            int dash = file.LastIndexOf('-');
            if (dash > 0 && file[..dash].Split('_') is [var pod, _, var container])
                _byId[file[(dash + 1)..]] = $"{pod}/{container}";
        }
    }

    // [{"id":"…","names":["web"], …}]
    void ReadPodman()
    {
        var reader = new Utf8JsonReader(State(PodmanState));
        string? id = null;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 2)
            {
                if (reader.ValueTextEquals("id"u8) && reader.Read() && reader.TokenType == JsonTokenType.String)
                    id = reader.GetString();
                else if (reader.ValueTextEquals("names"u8) && id is not null && reader.Read() && reader.TokenType == JsonTokenType.StartArray
                    && reader.Read() && reader.TokenType == JsonTokenType.String)
                    _byId[id] = reader.GetString()!;
            }
            else if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 1)
            {
                id = null;
            }
        }
    }

    // {"ID":"…","Name":"/web", …}
    string? ReadDocker(string id)
    {
        try
        {
            var reader = new Utf8JsonReader(State($"{DockerState}/{id}/config.v2.json"));
            while (reader.Read())
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("Name"u8)
                    && reader.Read() && reader.TokenType == JsonTokenType.String)
                    return reader.GetString()!.TrimStart('/');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // As above.
        }
        return null;
    }

    ReadOnlySpan<byte> State(string path)
    {
        var file = root.File(path);
        var state = file.ReadIfGiven();
        file.Close();
        return state.Length is > 0 and < LongestState ? state : "[]"u8;
    }
}
