using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions that only order the answer of an instant query; over a range the order of series has no meaning.</summary>
static class OrderFunctions
{
    public static readonly Function[] All =
    [
        new VectorFunction("sort", (e, call, grid) => Sorted(e, call, grid, ByValue(Compare)), InstantVector),
        new VectorFunction("sort_desc", (e, call, grid) => Sorted(e, call, grid, ByValue(CompareDescending)), InstantVector),
        LabelSort("sort_by_label", (e, call, grid) => Sorted(e, call, grid, ByLabels(e, call))),
        LabelSort("sort_by_label_desc", (e, call, grid) => Sorted(e, call, grid, Reversed(ByLabels(e, call)))),
    ];

    /// <summary>NaN comes last in either direction.</summary>
    public static int Compare(double a, double b) =>
        double.IsNaN(a) ? double.IsNaN(b) ? 0 : 1 : double.IsNaN(b) ? -1 : a.CompareTo(b);

    public static int CompareDescending(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? Compare(a, b) : b.CompareTo(a);

    static VectorFunction LabelSort(string name, VectorMap map) =>
        new(name, map, InstantVector, ValueKind.String) { Variadic = true, Optional = 1 };

    static List<StepSeries> Sorted(Evaluator e, Call call, Grid grid, Comparison<StepSeries> order)
    {
        var vector = e.Vector(call.Arguments[0], grid);
        return e.Query.StepMs == 0 ? e.InOrder(vector.Order(Comparer<StepSeries>.Create(order))) : vector;
    }

    static Comparison<StepSeries> ByValue(Comparison<double> order) => (a, b) => order(a.Values[0], b.Values[0]);

    static Comparison<StepSeries> Reversed(Comparison<StepSeries> order) => (a, b) => order(b, a);

    /// <summary>By the values of the labels named, numbers in them as numbers; ties by all labels.</summary>
    static Comparison<StepSeries> ByLabels(Evaluator e, Call call)
    {
        var names = call.Arguments.Skip(1).Select(e.Text).ToArray();
        return (a, b) =>
        {
            foreach (string name in names)
                if (NaturalOrder.Compare(a.Labels[name], b.Labels[name]) is not 0 and var order)
                    return order;
            return LabelOrder.Instance.Compare(a.Labels, b.Labels);
        };
    }
}
