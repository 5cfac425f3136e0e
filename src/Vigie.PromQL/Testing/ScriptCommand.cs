using Vigie.Core.Metrics;

namespace Vigie.PromQL.Testing;

/// <param name="Line">Line of the script, from 1.</param>
abstract record ScriptCommand(int Line);

sealed record ClearCommand(int Line) : ScriptCommand(Line);

sealed record LoadCommand(int Line, long StepMs, IReadOnlyList<ScriptSeries> Series) : ScriptCommand(Line);

/// <summary>A series, or (without labels) a bare number.</summary>
sealed record ScriptSeries(Labels? Labels, IReadOnlyList<double?> Points);

/// <param name="StepMs">0 for an instant query.</param>
sealed record EvalCommand(int Line, string Query, long StartMs, long EndMs, long StepMs) : ScriptCommand(Line)
{
    public List<ScriptSeries> Expected { get; } = [];

    public bool Fails { get; set; }

    public bool Ordered { get; set; }

    public string? Text { get; set; }

    /// <summary>The instants of an expected range vector.</summary>
    public (long StartMs, long StepMs)? Range { get; set; }

    public List<Expectation> Expectations { get; } = [];
}

/// <summary>What an evaluation has to say besides its answer.</summary>
/// <param name="Kind">fail, warn, info, no_warn or no_info.</param>
/// <param name="Message">Null when any message will do.</param>
sealed record Expectation(string Kind, string? Message, bool IsRegex);
