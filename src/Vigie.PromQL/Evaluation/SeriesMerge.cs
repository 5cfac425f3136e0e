using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

/// <summary>Series that have come to bear the same labels become one, as long as no step has a sample of both.</summary>
static class SeriesMerge
{
    public static List<StepSeries> Merge(List<StepSeries> vector, TextPosition at)
    {
        if (vector.Count < 2)
            return vector;
        var merged = new List<StepSeries>(vector.Count);
        var seen = new Dictionary<(Labels, bool), StepSeries>(vector.Count);
        foreach (var series in vector)
        {
            if (seen.TryAdd((series.Labels, series.DropName), series))
                merged.Add(series);
            else
                Fill(seen[(series.Labels, series.DropName)], series, at);
        }
        return merged;
    }

    /// <summary>Takes the names away that operations have dropped, and merges what is the same then.</summary>
    public static List<StepSeries> DropNames(List<StepSeries> vector, TextPosition at)
    {
        bool dropped = false;
        foreach (var series in vector)
        {
            if (!series.DropName)
                continue;
            series.Labels = series.Labels.Without(Labels.MetricName);
            series.DropName = false;
            dropped = true;
        }
        return dropped ? Merge(vector, at) : vector;
    }

    static void Fill(StepSeries target, StepSeries source, TextPosition at)
    {
        for (int i = 0; i < source.Values.Length; i++)
        {
            if (Gap.Is(source.Values[i]))
                continue;
            if (!Gap.Is(target.Values[i]))
                throw PromQLException.Evaluation(at, "vector cannot contain metrics with the same labelset: " + source.Labels);
            target.Values[i] = source.Values[i];
        }
    }
}
