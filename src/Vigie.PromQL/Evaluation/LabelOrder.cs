using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Orders label sets by their names and values, in turn.</summary>
sealed class LabelOrder : IComparer<Labels>
{
    public static readonly LabelOrder Instance = new();

    public int Compare(Labels? x, Labels? y)
    {
        var left = x!.Span;
        var right = y!.Span;
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            int order = string.CompareOrdinal(left[i].Name, right[i].Name);
            if (order == 0)
                order = string.CompareOrdinal(left[i].Value, right[i].Value);
            if (order != 0)
                return order;
        }
        return left.Length.CompareTo(right.Length);
    }
}
