using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

/// <summary><c>and</c>, <c>or</c>, <c>unless</c>: values pass through, and only presence on the other side decides.</summary>
static class SetOperations
{
    public static List<StepSeries> Evaluate(Binary binary, List<StepSeries> left, List<StepSeries> right, Grid grid)
    {
        var signature = Signature.Of(binary.Matching);
        switch (binary.Operator)
        {
            case BinaryOperator.And:
                Keep(left, right, wherePresent: true);
                return left;
            case BinaryOperator.Unless:
                Keep(left, right, wherePresent: false);
                return left;
            default:
                Keep(right, left, wherePresent: false);
                left.AddRange(right);
                return SeriesMerge.Merge(left, binary.At);
        }

        void Keep(List<StepSeries> kept, List<StepSeries> deciding, bool wherePresent)
        {
            var presence = signature.Group(deciding).ToDictionary(group => group.Key, group => Presence(group.Value, grid));
            kept.RemoveAll(series =>
            {
                if (!presence.TryGetValue(signature[series.Labels], out var present))
                    return wherePresent;
                for (int i = 0; i < present.Length; i++)
                    if (present[i] != wherePresent)
                        series.Values[i] = Gap.Value;
                return series.IsEmpty;
            });
        }
    }

    static bool[] Presence(List<StepSeries> series, Grid grid)
    {
        var present = new bool[grid.Count];
        foreach (var one in series)
            for (int i = 0; i < present.Length; i++)
                present[i] |= !Gap.Is(one.Values[i]);
        return present;
    }
}
