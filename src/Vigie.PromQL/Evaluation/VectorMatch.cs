using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// An operator between two vectors. Labels are matched once per series; steps are only looked at where several series share a
/// signature, because they are allowed to as long as they are never there at the same time.
/// </summary>
sealed class VectorMatch(Evaluator evaluator, Binary binary, Grid grid)
{
    readonly VectorMatching _matching = binary.Matching ?? VectorMatching.Default;
    readonly Signature _signature = Signature.Of(binary.Matching);
    readonly bool _dropsName = binary.Operator.IsArithmetic;

    bool ManyIsRight => _matching.Cardinality == Cardinality.OneToMany;

    bool IsGrouped => _matching.Cardinality != Cardinality.OneToOne;

    public List<StepSeries> Evaluate(List<StepSeries> left, List<StepSeries> right)
    {
        var (many, one) = ManyIsRight ? (right, left) : (left, right);
        if (many.Count == 0 || one.Count == 0)
            return [];
        var ones = _signature.Group(one);
        foreach (var (signature, group) in ones)
            RefuseOverlap(signature, group, many);
        var result = new List<StepSeries>(many.Count);
        foreach (var (signature, group) in _signature.Group(many))
        {
            if (!ones.TryGetValue(signature, out var partners))
                continue;
            if (group.Count == 1 && partners.Count == 1)
                Add(result, InPlace(signature, group[0], partners[0]));
            else
                Pairs(result, signature, group, partners);
        }
        return result;
    }

    StepSeries InPlace(Labels signature, StepSeries many, StepSeries one)
    {
        var (left, right) = ManyIsRight ? (one, many) : (many, one);
        BinaryOperations.Columns(binary, left.Values, right.Values, many.Values, keepsRight: false);
        return new(ResultLabels(signature, many, one), many.Values, binary.ReturnsBool || many.DropName);
    }

    void Pairs(List<StepSeries> result, Labels signature, List<StepSeries> manies, List<StepSeries> ones)
    {
        var targets = new Dictionary<(Labels, bool), StepSeries>();
        var taken = new Dictionary<Labels, bool[]>();
        foreach (var many in manies)
        {
            foreach (var one in ones)
            {
                evaluator.Budget.StopIfCancelled();
                var labels = ResultLabels(signature, many, one);
                bool dropName = binary.ReturnsBool || many.DropName;
                if (!targets.TryGetValue((labels, dropName), out var target))
                    targets.Add((labels, dropName), target = new(labels, evaluator.Budget.Column(grid), dropName));
                var key = IsGrouped ? labels : signature;
                if (!taken.TryGetValue(key, out var steps))
                    taken.Add(key, steps = new bool[grid.Count]);
                Fill(target.Values, steps, many.Values, one.Values);
            }
        }
        foreach (var target in targets.Values)
            Add(result, target);
    }

    /// <param name="taken">Steps at which this result has already had a pair, whether or not a comparison kept it.</param>
    void Fill(double[] target, bool[] taken, double[] many, double[] one)
    {
        for (int i = 0; i < target.Length; i++)
        {
            if (Gap.Is(many[i]) || Gap.Is(one[i]))
                continue;
            if (taken[i])
            {
                throw PromQLException.Evaluation(binary.At, IsGrouped
                    ? "multiple matches for labels: grouping labels must ensure unique matches"
                    : "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
            }
            taken[i] = true;
            target[i] = Apply(many[i], one[i]);
        }
    }

    double Apply(double many, double one) => ManyIsRight
        ? BinaryOperations.Apply(binary.Operator, binary.ReturnsBool, one, many)
        : BinaryOperations.Apply(binary.Operator, binary.ReturnsBool, many, one);

    Labels ResultLabels(Labels signature, StepSeries many, StepSeries one)
    {
        if (!IsGrouped)
        {
            if (_matching.On || _dropsName)
                return _dropsName ? signature.Without(Labels.MetricName) : signature;
            return _matching.Labels.Count == 0 ? many.Labels : many.Labels.Without([.. _matching.Labels]);
        }
        var labels = _dropsName ? many.Labels.Without(Labels.MetricName) : many.Labels;
        foreach (string name in _matching.Include)
            labels = labels.With(name, one.Labels[name]);
        return labels;
    }

    static void Add(List<StepSeries> result, StepSeries series)
    {
        if (!series.IsEmpty)
            result.Add(series);
    }

    /// <summary>At no step at which the other side has any sample may two series of the "one" side be there.</summary>
    void RefuseOverlap(Labels signature, List<StepSeries> group, List<StepSeries> many)
    {
        if (group.Count < 2)
            return;
        var holder = new StepSeries?[grid.Count];
        foreach (var series in group)
        {
            for (int i = 0; i < holder.Length; i++)
            {
                if (Gap.Is(series.Values[i]))
                    continue;
                if (holder[i] is { } first && many.Exists(m => !Gap.Is(m.Values[i])))
                    throw Duplicate(signature, first, series);
                holder[i] = series;
            }
        }
    }

    PromQLException Duplicate(Labels signature, params StepSeries[] pair)
    {
        var names = pair.Select(s => s.Labels).Order(LabelOrder.Instance).Select(Described);
        string side = ManyIsRight ? "left" : "right";
        return PromQLException.Evaluation(binary.At,
            $"found duplicate series for the match group {Described(signature)} on the {side} hand-side of the operation: " +
            $"[{string.Join(", ", names)}];many-to-many matching not allowed: matching labels must be unique on one side");
    }

    static string Described(Labels labels) =>
        "{" + string.Join(", ", labels.Span.ToArray().Select(l => $"{l.Name}={Labels.Quote(l.Value)}")) + "}";
}
