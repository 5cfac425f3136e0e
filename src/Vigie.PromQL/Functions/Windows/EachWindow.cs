using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>One window after another, for functions that are computed rarely or can't be computed otherwise.</summary>
/// <param name="scalars">The columns of the scalar arguments.</param>
sealed class EachWindow(WindowMap map, double[][] scalars, Budget budget) : WindowKernel
{
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        Span<double> at = stackalloc double[scalars.Length];
        for (int step = 0; step < column.Length; step++)
        {
            budget.StopIfCancelled();
            if (bounds.From[step] == bounds.To[step])
            {
                column[step] = Gap.Value;
                continue;
            }
            for (int i = 0; i < scalars.Length; i++)
                at[i] = scalars[i][step];
            column[step] = map(bounds.Window(step, values), at);
        }
    }
}
