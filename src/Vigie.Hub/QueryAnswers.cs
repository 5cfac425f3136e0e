using Vigie.Core.Metrics;
using Vigie.PromQL;

namespace Vigie.Hub;

static class QueryAnswers
{
    /// <summary>An answer as series: one value each for a vector, one for each step for a matrix.</summary>
    public static IReadOnlyList<SeriesSamples> Series(this QueryResult answer) => answer switch
    {
        MatrixResult matrix => matrix.Series,
        VectorResult vector => [.. vector.Samples.Select(s => new SeriesSamples(s.Labels, new[] { vector.TimeMs }, new[] { s.Value }))],
        ScalarResult scalar => [new(Labels.Empty, new[] { scalar.TimeMs }, new[] { scalar.Value })],
        _ => [],
    };
}
