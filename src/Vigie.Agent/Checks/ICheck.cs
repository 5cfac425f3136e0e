using Vigie.Agent.Reading;

namespace Vigie.Agent.Checks;

/// <summary>How a check is run.</summary>
/// <param name="Name">Unique on its host; the value of the label <c>check</c>.</param>
/// <param name="Kind">Word of the file by which it is chosen: <c>nagios</c>.</param>
/// <param name="Every">Time between two runs.</param>
/// <param name="Timeout">Time one run may take; then it is ended, and the state is unknown.</param>
sealed record CheckPlan(string Name, string Kind, TimeSpan Every, TimeSpan Timeout)
{
    public static readonly TimeSpan UsualEvery = TimeSpan.FromMinutes(1), UsualTimeout = TimeSpan.FromSeconds(30);
}

/// <summary>What a run has found: most often one result, and for files of metrics the samples that stand in them.</summary>
sealed record CheckOutcome(IReadOnlyList<CheckResult> Results, IReadOnlyList<PrintedMetrics> Printed)
{
    public static CheckOutcome Of(params IReadOnlyList<CheckResult> results) => new(results, []);
}

/// <summary>
/// Looks whether one thing is as it should be. Never called a second time while a call is in flight. Whatever it throws becomes the state
/// unknown with the message as its text; a cancelled token means that its time is over.
/// </summary>
interface ICheck
{
    CheckPlan Plan { get; }

    ValueTask<CheckOutcome> RunAsync(CancellationToken ct);
}

/// <summary>What a check may need of its surroundings.</summary>
/// <param name="Root">Where the host's files are.</param>
sealed record CheckContext(HostRoot Root, TimeProvider Time, AgentLog Log);

/// <summary>
/// Every kind of check. A kind's file registers itself by a module initializer, as probes do
/// (docs/decisions/0003-probe-discovery.md).
/// </summary>
static class CheckKinds
{
    static readonly SortedDictionary<string, Kind> Known = new(StringComparer.Ordinal);

    sealed record Kind(string Usage, Func<CheckPlan, CheckArguments, CheckContext, ICheckSource> Create);

    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <param name="usage">The line as people write it, for the message about one that is wrong.</param>
    public static void Add(string name, string usage, Func<CheckPlan, CheckArguments, CheckContext, ICheck> create) =>
        AddSource(name, usage, (plan, arguments, context) => new OneCheck(create(plan, arguments, context)));

    /// <summary>A kind whose line stands for several checks that come and go.</summary>
    public static void AddSource(string name, string usage, Func<CheckPlan, CheckArguments, CheckContext, ICheckSource> create) =>
        Known.Add(name, new(usage, create));

    public static string Usage(string kind) => Known[kind].Usage;

    public static bool Has(string kind) => Known.ContainsKey(kind);

    /// <exception cref="FormatException">The arguments are wrong; the message tells the remedy.</exception>
    public static ICheckSource Create(CheckPlan plan, CheckArguments arguments, CheckContext context)
    {
        var source = Known[plan.Kind].Create(plan, arguments, context);
        arguments.ThrowIfWrong();
        return source;
    }

    sealed class OneCheck(ICheck check) : ICheckSource
    {
        public IReadOnlyList<ICheck> Current { get; } = [check];
    }
}

/// <summary>Checks that belong together; which they are is asked at each tick, and the same check must be the same object.</summary>
interface ICheckSource
{
    IReadOnlyList<ICheck> Current { get; }
}
