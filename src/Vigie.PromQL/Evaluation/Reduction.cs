using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Evaluation;

/// <summary>An aggregation that takes one series after another, and its parameter's column.</summary>
sealed class Reduction
{
    readonly Aggregation _aggregation;
    readonly Aggregator _aggregator;
    readonly Signature _signature;
    readonly double[] _parameter;
    readonly Grid _grid;

    Reduction(Aggregation aggregation, Aggregator aggregator, double[] parameter, Grid grid)
    {
        (_aggregation, _aggregator, _parameter, _grid) = (aggregation, aggregator, parameter, grid);
        _signature = Signature.Of(aggregation.Grouping);
    }

    /// <summary>False when the aggregation must have the whole group before it can begin.</summary>
    public static bool Takes(Aggregation aggregation) => AggregatorTable.Get(aggregation.Operator).Accumulator is not null;

    public static Reduction Of(Evaluator e, Aggregation aggregation, Grid grid) => new(aggregation,
        AggregatorTable.Get(aggregation.Operator), aggregation.Parameter is { } parameter ? e.Scalar(parameter, grid) : [], grid);

    public GroupedColumns Groups() => new(_signature, _aggregator.Accumulator!(_grid.Count, _parameter));

    public List<StepSeries> Finish(Evaluator e, GroupedColumns groups)
    {
        if (groups.Count > 0 && Array.Exists(_parameter, double.IsNaN))
            throw PromQLException.Evaluation(_aggregation.Parameter!.At,
                $"{_aggregation.Operator}'s parameter must be a number, found NaN");
        if (_parameter.Length == 0)
            for (int group = 0; group < groups.Count; group++)
                e.Budget.Charge(_grid.Count);
        var results = groups.Finish();
        // Of one instant the ranks are the order of the answer.
        return _parameter.Length > 0 && e.Query.StepMs == 0 ? e.InOrder(results) : results;
    }
}
