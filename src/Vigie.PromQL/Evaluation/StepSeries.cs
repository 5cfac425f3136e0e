using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// A series over the steps of a grid: one value per step, or <see cref="Gap.Value"/>. Whoever receives one owns it and may write
/// to it.
/// </summary>
sealed class StepSeries(Labels labels, double[] values, bool dropName = false)
{
    public Labels Labels { get; set; } = labels;

    public double[] Values { get; set; } = values;

    /// <summary>
    /// The metric's name is to vanish from the answer. It stays until then, so label_replace and "by (__name__)" can still
    /// read it.
    /// </summary>
    public bool DropName { get; set; } = dropName;

    public bool IsEmpty => Gap.IsAll(Values);
}
