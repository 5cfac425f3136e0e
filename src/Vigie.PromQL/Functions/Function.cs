using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>One value to one value; <see cref="Gap.Value"/> drops the sample.</summary>
delegate double ElementMap(double value, ReadOnlySpan<double> scalars);

/// <summary>The samples of one range (never empty) to one value, or <see cref="Gap.Value"/>.</summary>
delegate double WindowMap(in Window window, ReadOnlySpan<double> scalars);

/// <summary>Makes what computes a function's columns, for one thread.</summary>
/// <param name="scalars">The columns of the scalar arguments.</param>
delegate WindowKernel KernelFactory(double[][] scalars, Budget budget);

delegate double[] ScalarMap(Evaluator evaluator, Call call, Grid grid);

delegate List<StepSeries> VectorMap(Evaluator evaluator, Call call, Grid grid);

/// <summary>A function's signature; the derived records add how it is computed.</summary>
/// <param name="Parameters">The types in order; the last one repeats when <see cref="Variadic"/>.</param>
abstract record Function(string Name, ValueKind Returns, params ValueKind[] Parameters)
{
    public int Optional { get; init; }

    public bool Variadic { get; init; }

    public int Required => Parameters.Length - Optional;
}

/// <summary>Each sample for itself; scalar arguments follow the vector. The metric's name is dropped.</summary>
sealed record ElementFunction(string Name, ElementMap Map, params ValueKind[] Parameters)
    : Function(Name, ValueKind.InstantVector, Parameters)
{
    /// <summary>Without an argument the function reads the evaluation time, as the date functions do.</summary>
    public bool DefaultsToTime { get; init; }

    public static ElementFunction Of(string name, Func<double, double> map) => new(name, (v, _) => map(v), ValueKind.InstantVector);
}

/// <summary>Each series' range for itself; scalar arguments stand on either side of the range.</summary>
sealed record WindowFunction(string Name, KernelFactory Kernel, params ValueKind[] Parameters)
    : Function(Name, ValueKind.InstantVector, Parameters)
{
    public bool KeepsName { get; init; }

    /// <summary>The argument should be a counter; a name that doesn't look like one is remarked.</summary>
    public bool WantsCounter { get; init; }

    /// <summary>What the function can make use of where samples are gone. Null when it wants values as they were.</summary>
    public SummaryUse? Summary { get; init; }

    /// <summary>The first argument is a quantile; one outside 0 to 1 is remarked.</summary>
    public bool WantsQuantile { get; init; }

    /// <summary>Says what is wrong with the scalar arguments, or null.</summary>
    public Func<double[], string?>? Refuses { get; init; }

    /// <summary>For functions that have a kernel of their own.</summary>
    public static WindowFunction Of(string name, Func<WindowKernel> kernel) => new(name, (_, _) => kernel(), ValueKind.RangeVector);

    public static WindowFunction Each(string name, WindowMap map, params ValueKind[] parameters) =>
        new(name, (scalars, budget) => new EachWindow(map, scalars, budget), parameters);

    public static WindowFunction Each(string name, WindowMap map) => Each(name, map, ValueKind.RangeVector);

    /// <summary>For functions that don't look at the times.</summary>
    public static WindowFunction Each(string name, Func<ReadOnlySpan<double>, double> map) => Each(name, (in w, _) => map(w.Values));
}

sealed record ScalarFunction(string Name, ScalarMap Map, params ValueKind[] Parameters)
    : Function(Name, ValueKind.Scalar, Parameters);

/// <summary>A function that sees the whole vector.</summary>
sealed record VectorFunction(string Name, VectorMap Map, params ValueKind[] Parameters)
    : Function(Name, ValueKind.InstantVector, Parameters);
