using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Evaluation;

/// <summary>A selector, perhaps a function over its windows, and nodes above it that map each column for itself.</summary>
sealed class ColumnPlan
{
    readonly List<ColumnStep> _steps = [];

    ColumnPlan(SeriesSelection selection, Func<SeriesWindows> windows, bool dropName) =>
        (Selection, Windows, DropName) = (selection, windows, dropName);

    public SeriesSelection Selection { get; }

    /// <summary>Makes what cuts the windows, for one thread.</summary>
    public Func<SeriesWindows> Windows { get; }

    public bool DropName { get; private set; }

    /// <summary>Makes what takes summaries of samples that are gone, for one thread. Null when their last values will do.</summary>
    public Func<SummaryWindows>? Summaries { get; private init; }

    /// <summary>Where the query wants counters, when it does.</summary>
    public TextPosition? CounterAt { get; private init; }

    /// <summary>From the windows up.</summary>
    public IReadOnlyList<ColumnStep> Steps => _steps;

    /// <summary>Null when the expression needs more than one series at a time, or another selector's values.</summary>
    public static ColumnPlan? Of(Evaluator e, Expr expr, Grid grid) => expr switch
    {
        Selector selector => Latest(e, selector, grid, new LastKernel()),
        Paren paren => Of(e, paren.Inner, grid),
        Unary unary when unary.Kind == ValueKind.InstantVector =>
            unary.Negates ? Of(e, unary.Operand, grid)?.Then(ColumnStep.Negation) : Of(e, unary.Operand, grid),
        Binary binary => OfBinary(e, binary, grid),
        Call { Function: "timestamp" } call when call.Arguments[0].Unwrapped is Selector selector =>
            Latest(e, selector, grid, new LastTimeKernel()),
        Call call => OfCall(e, call, grid),
        _ => null,
    };

    /// <summary>A function over a range as such.</summary>
    public static ColumnPlan Over(Evaluator e, RangeSelector range, WindowFunction function, double[][] scalars, Grid grid)
    {
        var ends = e.Plan.Times(range.Selector.Shift, grid);
        var selection = e.Plan.Selection(range.Selector, range.RangeMs, grid);
        if (function.Summary is { } use)
            selection = selection with { Summaries = SummaryWindows.Wanted(use) };
        return new(selection,
            () => new(ends, range.RangeMs, () => function.Kernel(scalars, e.Budget), keepsStale: false), !function.KeepsName)
        {
            CounterAt = function.WantsCounter ? range.At : null,
            Summaries = function.Summary is { } summary ? () => new(ends, range.RangeMs, summary) : null,
        };
    }

    /// <summary>The latest sample within the lookback, unless it is a stale marker, which is a gap by itself.</summary>
    static ColumnPlan Latest(Evaluator e, Selector selector, Grid grid, WindowKernel kernel)
    {
        var ends = e.Plan.Times(selector.Shift, grid);
        return new(e.Plan.Selection(selector, rangeMs: null, grid), () => new(ends, e.Plan.LookbackMs, () => kernel, keepsStale: true),
            dropName: kernel is LastTimeKernel);
    }

    static ColumnPlan? OfBinary(Evaluator e, Binary binary, Grid grid)
    {
        bool isLeft = binary.Left.Kind == ValueKind.Scalar;
        if (isLeft == (binary.Right.Kind == ValueKind.Scalar))
            return null;
        var (scalar, vector) = isLeft ? (binary.Left, binary.Right) : (binary.Right, binary.Left);
        return NeedsNoSeries(scalar) && Of(e, vector, grid) is { } plan
            ? plan.Then(BinaryOperations.WithScalar(binary, e.Scalar(scalar, grid), isLeft))
            : null;
    }

    static ColumnPlan? OfCall(Evaluator e, Call call, Grid grid)
    {
        var function = FunctionTable.Get(call.Function);
        if (!call.Arguments.All(a => a.Kind != ValueKind.Scalar || NeedsNoSeries(a)))
            return null;
        return function switch
        {
            ElementFunction element when call.Arguments.Count > 0 && Of(e, call.Arguments[0], grid) is { } plan =>
                plan.Then(e.Step(element, e.Scalars(call, grid))),
            WindowFunction window when call.Arguments.First(a => a.Kind == ValueKind.RangeVector).Unwrapped is RangeSelector range =>
                Over(e, range, window, e.WindowScalars(window, call, grid), grid),
            _ => null,
        };
    }

    public static bool NeedsNoSeries(Expr? expr) => expr is null || (expr is not Selector && expr.Children.All(NeedsNoSeries));

    ColumnPlan Then(ColumnStep step)
    {
        _steps.Add(step);
        DropName |= step.DropsName;
        return this;
    }
}
