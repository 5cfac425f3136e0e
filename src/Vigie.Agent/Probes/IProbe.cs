using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>What a probe is: declared once, read by the runner, the tests and the documents.</summary>
/// <param name="Name">One word in lower case; the value of attribute <c>probe</c> and the key by which it is disabled.</param>
/// <param name="Metrics">All it may report.</param>
/// <param name="Interval">Its own interval, when it should be asked more seldom than the agent's ticks.</param>
/// <param name="IsQuick">
/// Reads what the kernel has in memory and nothing that could hang: it is run in the thread of the rounds. All others get a thread of the
/// pool and a time-out, which costs more than most of them.
/// </param>
/// <param name="ReadsTwice">Reports a share over time, so a single round asks it a first time shortly before.</param>
sealed record ProbeInfo(string Name, IReadOnlyList<MetricInfo> Metrics, TimeSpan? Interval = null, bool ReadsTwice = false,
    bool IsQuick = false);

/// <summary>
/// Measures one thing on this host. Never called a second time while a call is in flight, so it may keep state without locks.
/// </summary>
interface IProbe
{
    ProbeInfo Info { get; }

    /// <summary>Whether the next run is quick: one that looks seldom, and repeats what it has found in between, is so most of the time.</summary>
    bool IsQuick => Info.IsQuick;

    /// <summary>
    /// Adds what can be measured now. Throws when measuring failed: nothing of that round is then kept, and the message becomes the
    /// reason that people read. Calls <see cref="ISampleSink.NoData"/> when this host has nothing of the kind.
    /// </summary>
    ValueTask CollectAsync(ISampleSink sink, CancellationToken ct);
}

/// <summary>Takes samples for the tick's nominal time.</summary>
interface ISampleSink
{
    void Add(MetricInfo metric, double value, params ReadOnlySpan<SampleAttribute> attributes);

    /// <summary>There is nothing to measure here, which is no failure; the reason is logged once.</summary>
    void NoData(string why);
}
