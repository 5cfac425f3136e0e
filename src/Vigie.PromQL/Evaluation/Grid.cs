namespace Vigie.PromQL.Evaluation;

/// <summary>The instants at which an expression is evaluated: from start to end, both inclusive, one step apart.</summary>
/// <param name="StepMs">0 for a single instant.</param>
sealed record Grid(long StartMs, long EndMs, long StepMs)
{
    public int Count { get; } = StepMs <= 0 ? 1 : (int)Math.Clamp(((EndMs - StartMs) / StepMs) + 1, 0, int.MaxValue);

    public long Time(int step) => StartMs + (step * StepMs);
}
