using Vigie.Agent.Reading;
using Vigie.Agent.Running;

namespace Vigie.Agent.Probes;

/// <summary>What a probe may need of its surroundings.</summary>
/// <param name="Root">Where the host's files are.</param>
/// <param name="Time">The clock, for probes that wait.</param>
/// <param name="Timeout">How long one run may take; a probe that waits gives up before, so that it can tell what it has.</param>
/// <param name="PerCore">Whether each processor is to be reported besides all of them together.</param>
/// <param name="HideUsers">Whether users' names must not leave this host.</param>
/// <param name="Loop">Carries the rounds; null when the pool's threads do.</param>
/// <param name="Processes">What others want to know of the processes, too; null for a table of the probe's own.</param>
sealed record ProbeContext(HostRoot Root, TimeProvider Time, TimeSpan Timeout, bool PerCore = false, bool HideUsers = false,
    RoundLoop? Loop = null, ProcessTable? Processes = null);

/// <summary>
/// Every built-in probe. A probe's file registers itself by a module initializer, which the compiler runs before anything of
/// this assembly is used; nothing is looked up by reflection, so trimming can't lose one (docs/decisions/0003-probe-discovery.md).
/// </summary>
static class ProbeCatalog
{
    static readonly SortedDictionary<string, Func<ProbeContext, IProbe>> Factories = new(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => Factories.Keys;

    /// <exception cref="ArgumentException">Two probes have one name.</exception>
    public static void Add(string name, Func<ProbeContext, IProbe> create) => Factories.Add(name, create);

    public static IProbe Create(string name, ProbeContext context) => Factories[name](context);
}
