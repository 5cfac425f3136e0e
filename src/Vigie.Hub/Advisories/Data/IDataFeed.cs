using Vigie.Hub.Advisories.Matching;

namespace Vigie.Hub.Advisories.Data;

/// <summary>
/// A source by which findings are judged (what a distribution says of its packages) or weighed (which CVEs are attacked). One file; found, not
/// listed. It says what is to be asked for; <see cref="DataFeedRunner"/> asks.
/// </summary>
interface IDataFeed
{
    /// <summary>Name of its section under Feeds in the settings; persisted.</summary>
    string Name { get; }

    /// <summary>As people call it.</summary>
    string Title { get; }

    DataFeedOptions Options { get; }

    /// <summary>What the fleet needs of it; nothing when no host is judged by it.</summary>
    IReadOnlyList<DataDocument> Documents(FleetNeeds needs);
}

/// <summary>One document of a feed.</summary>
/// <param name="Path">Also its name: persisted.</param>
/// <param name="Most">Bytes that may come.</param>
/// <param name="Wanted">What is kept of it; null when it does not depend on the fleet.</param>
/// <param name="Pack">Makes of the document, wound back, what is stored. Throws <see cref="FormatException"/> when it is not what was asked for.</param>
sealed record DataDocument(string Path, long Most, string Accept, Func<string, bool> IsType, Wanted? Wanted,
    Func<Stream, CancellationToken, PackedData> Pack);

/// <summary>What is kept of a document, see <see cref="DataPacking"/>.</summary>
sealed record PackedData(byte[] Bytes, int Rows);

/// <summary>What the hosts of the fleet need to be judged.</summary>
sealed class FleetNeeds
{
    readonly Dictionary<string, Wanted> _byDistribution;

    public FleetNeeds(IEnumerable<FleetHost> hosts) => _byDistribution = hosts
        .GroupBy(h => h.System.Suite.Distribution, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, Of, StringComparer.Ordinal);

    /// <summary>Of whole suites, whatever packages hosts have.</summary>
    public FleetNeeds(IEnumerable<Suite> suites) => _byDistribution = suites.GroupBy(s => s.Distribution, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => new Wanted(null, g.Select(s => s.Name).ToHashSet(StringComparer.Ordinal)), StringComparer.Ordinal);

    /// <summary>Whether any host has told what it has installed.</summary>
    public bool Any => _byDistribution.Count > 0;

    /// <summary>Null when no host has it.</summary>
    public Wanted? Find(string distribution) => _byDistribution.GetValueOrDefault(distribution);

    static Wanted Of(IGrouping<string, FleetHost> hosts)
    {
        var sources = new HashSet<string>(StringComparer.Ordinal);
        var suites = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            suites.Add(host.System.Suite.Name);
            if (host.System.Minor is { } minor)
                suites.Add(minor.Name);
            foreach (var package in host.Packages)
            {
                sources.Add(package.Lookup);
                sources.UnionWith(package.Binaries.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }
        return new(sources, suites);
    }
}
