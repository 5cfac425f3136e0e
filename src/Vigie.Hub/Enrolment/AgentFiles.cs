using System.Collections.Concurrent;
using System.Security.Cryptography;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Enrolment;

/// <summary>
/// The agents that new servers fetch, one file per kind of machine: from the data folder's <c>agents/</c>, or beside the hub's program.
/// </summary>
sealed class AgentFiles(DataFolder folder)
{
    public static readonly IReadOnlyList<string> Names = ["vigie-agent-linux-x64", "vigie-agent-linux-arm64"];

    readonly ConcurrentDictionary<string, (DateTime Written, long Length, string Sum)> _sums = new(StringComparer.Ordinal);

    IEnumerable<string> Folders => [Path.Combine(folder.Path, "agents"), Path.Combine(AppContext.BaseDirectory, "agents")];

    /// <summary>Where it is; null when it is nowhere, or is none of the names.</summary>
    public string? Find(string name) => Names.Contains(name, StringComparer.Ordinal)
        ? Folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists)
        : null;

    /// <summary>Its SHA-256 in hexadecimal; empty when it is nowhere.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public string Sum(string name)
    {
        if (Find(name) is not { } path)
            return "";
        var file = new FileInfo(path);
        if (_sums.TryGetValue(path, out var known) && (known.Written, known.Length) == (file.LastWriteTimeUtc, file.Length))
            return known.Sum;
        using var stream = file.OpenRead();
        string sum = Convert.ToHexStringLower(SHA256.HashData(stream));
        _sums[path] = (file.LastWriteTimeUtc, file.Length, sum);
        return sum;
    }

    /// <summary>What to do when there is none.</summary>
    public string Remedy => $"build it with packaging/build-agent.sh and put it into {Folders.First()}";
}
