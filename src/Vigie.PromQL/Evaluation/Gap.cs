using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// "No sample at this step", inside a column of values. It is the bit pattern of the stale marker: a selector never lets one
/// through, and no arithmetic makes one (it is a signalling NaN, which every operation quietens). So columns need no second
/// array for presence. A computation must ask before it computes.
/// </summary>
static class Gap
{
    public static readonly double Value = StaleMarker.Value;

    public static bool Is(double value) => StaleMarker.Is(value);
}
