using System.Globalization;
using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;
using Vigie.PromQL.Parsing;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions on classic histograms: one series per bucket, its upper bound in the label <c>le</c>.</summary>
static class HistogramFunctions
{
    const string BoundLabel = "le";

    public static readonly Function[] All =
    [
        new VectorFunction("histogram_quantile", Quantile, Scalar, InstantVector),
        new VectorFunction("histogram_quantiles", Quantiles, InstantVector, ValueKind.String, Scalar) { Variadic = true },
        new VectorFunction("histogram_fraction", Fraction, Scalar, Scalar, InstantVector),
    ];

    static List<StepSeries> Quantile(Evaluator e, Call call, Grid grid)
    {
        var quantile = e.Scalar(call.Arguments[0], grid);
        e.Remarks.CheckQuantile(quantile, call.Arguments[0].At);
        return Each(e, call.Arguments[1], grid, 1, (buckets, _, step) => buckets.Quantile(quantile[step]));
    }

    /// <summary>Several quantiles at once, each a series with the quantile in a label.</summary>
    static List<StepSeries> Quantiles(Evaluator e, Call call, Grid grid)
    {
        string label = e.Text(call.Arguments[1]);
        if (label.Length == 0)
            throw PromQLException.Evaluation(call.Arguments[1].At, "histogram_quantiles needs the name of a label, found an empty string");
        var quantiles = call.Arguments.Skip(2).Select(a => e.Scalar(a, grid)).ToList();
        for (int i = 0; i < quantiles.Count; i++)
            e.Remarks.CheckQuantile(quantiles[i], call.Arguments[i + 2].At);
        var results = Each(e, call.Arguments[0], grid, quantiles.Count, (buckets, i, step) => buckets.Quantile(quantiles[i][step]));
        for (int i = 0; i < results.Count; i++)
            results[i].Labels = results[i].Labels.With(label, Numbers.PrintOpenMetrics(quantiles[i % quantiles.Count][0]));
        return SeriesMerge.Merge(results, call.At);
    }

    static List<StepSeries> Fraction(Evaluator e, Call call, Grid grid)
    {
        var lower = e.Scalar(call.Arguments[0], grid);
        var upper = e.Scalar(call.Arguments[1], grid);
        return Each(e, call.Arguments[2], grid, 1, (buckets, _, step) => buckets.Fraction(lower[step], upper[step]));
    }

    /// <summary>So many results per histogram: the series that differ in nothing but their bound.</summary>
    /// <param name="compute">Of the buckets, the result's number and the step.</param>
    static List<StepSeries> Each(Evaluator e, Expr vector, Grid grid, int count, Func<ClassicBuckets, int, int, double> compute)
    {
        var at = vector.At;
        var bounds = new Dictionary<StepSeries, double>();
        foreach (var series in e.Vector(vector, grid))
        {
            if (TryBound(series.Labels[BoundLabel], out double bound))
                bounds.Add(series, bound);
            else
                e.Remarks.BadBucket(series.Labels[BoundLabel], series.Labels.Name, at);
        }
        var results = new List<StepSeries>();
        var buckets = new ClassicBuckets();
        foreach (var (labels, members) in Signature.Of(new Grouping(Without: true, [BoundLabel])).Group([.. bounds.Keys]))
        {
            var columns = Enumerable.Range(0, count).Select(_ => e.Budget.Column(grid)).ToArray();
            for (int step = 0; step < grid.Count; step++)
            {
                buckets.Clear();
                foreach (var member in members)
                    if (!Gap.Is(member.Values[step]))
                        buckets.Add(bounds[member], member.Values[step]);
                if (buckets.IsEmpty)
                    continue;
                for (int i = 0; i < count; i++)
                    columns[i][step] = compute(buckets, i, step);
                if (buckets.WasRaised)
                    e.Remarks.RaisedBucket(members[0].Labels.Name, at);
            }
            results.AddRange(columns.Select(column => new StepSeries(labels, column)));
        }
        return results;
    }

    static bool TryBound(string text, out double bound)
    {
        bound = text.TrimStart('+').Equals("inf", StringComparison.OrdinalIgnoreCase) ? double.PositiveInfinity : double.NaN;
        return !double.IsNaN(bound) || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bound);
    }
}
