using System.Globalization;
using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions on classic histograms: one series per bucket, its upper bound in the label <c>le</c>.</summary>
static class HistogramFunctions
{
    const string BoundLabel = "le";

    public static readonly Function[] All =
    [
        new VectorFunction("histogram_quantile", Quantile, Scalar, InstantVector),
        new VectorFunction("histogram_fraction", Fraction, Scalar, Scalar, InstantVector),
    ];

    static List<StepSeries> Quantile(Evaluator e, Call call, Grid grid)
    {
        var quantile = e.Scalar(call.Arguments[0], grid);
        e.Remarks.CheckQuantile(quantile, call.Arguments[0].At);
        return Each(e, call, grid, (buckets, step) => buckets.Quantile(quantile[step]));
    }

    static List<StepSeries> Fraction(Evaluator e, Call call, Grid grid)
    {
        var lower = e.Scalar(call.Arguments[0], grid);
        var upper = e.Scalar(call.Arguments[1], grid);
        return Each(e, call, grid, (buckets, step) => buckets.Fraction(lower[step], upper[step]));
    }

    /// <summary>One result per histogram: the series that differ in nothing but their bound.</summary>
    static List<StepSeries> Each(Evaluator e, Call call, Grid grid, Func<ClassicBuckets, int, double> compute)
    {
        var at = call.Arguments[^1].At;
        var bounds = new Dictionary<StepSeries, double>();
        foreach (var series in e.Vector(call.Arguments[^1], grid))
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
            var column = e.Budget.Column(grid);
            for (int step = 0; step < column.Length; step++)
            {
                buckets.Clear();
                foreach (var member in members)
                    if (!Gap.Is(member.Values[step]))
                        buckets.Add(bounds[member], member.Values[step]);
                if (buckets.IsEmpty)
                    continue;
                column[step] = compute(buckets, step);
                if (buckets.WasRaised)
                    e.Remarks.RaisedBucket(members[0].Labels.Name, at);
            }
            results.Add(new(labels, column));
        }
        return results;
    }

    static bool TryBound(string text, out double bound)
    {
        bound = text.TrimStart('+').Equals("inf", StringComparison.OrdinalIgnoreCase) ? double.PositiveInfinity : double.NaN;
        return !double.IsNaN(bound) || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bound);
    }
}
