using System.Numerics;
using System.Runtime.InteropServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// "No sample at this step", inside a column of values. It is the bit pattern of the stale marker: a selector never lets one
/// through, and no arithmetic makes one (it is a signalling NaN, which every operation quietens). So columns need no second
/// array for presence. A computation must ask before it computes, or throw away what it has computed of a gap.
/// </summary>
static class Gap
{
    const long Bits = StaleMarker.Bits;

    public static double Value => StaleMarker.Value;

    public static bool Is(double value) => StaleMarker.Is(value);

    /// <summary>All bits set where there is a gap.</summary>
    public static Vector<long> In(Vector<double> values) => Vector.Equals(Vector.AsVectorInt64(values), new Vector<long>(Bits));

    public static bool IsAny(ReadOnlySpan<double> column) => MemoryMarshal.Cast<double, long>(column).Contains(Bits);

    public static bool IsAll(ReadOnlySpan<double> column) => !MemoryMarshal.Cast<double, long>(column).ContainsAnyExcept(Bits);

    public static int Count(ReadOnlySpan<double> column) => MemoryMarshal.Cast<double, long>(column).Count(Bits);
}
