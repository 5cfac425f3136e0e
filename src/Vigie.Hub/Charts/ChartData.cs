namespace Vigie.Hub.Charts;

/// <summary>
/// One curve, binned: the average, least and greatest value of each bin; NaN where the host sent nothing. A mean alone
/// would hide the spikes.
/// </summary>
/// <param name="Last">The newest value itself, not its bin's average; null when there is none.</param>
sealed record Curve(string Name, double[] Average, double[] Least, double[] Greatest, double? Last);

/// <summary>A time during which an alert was firing.</summary>
sealed record AlertBand(long FromMs, long ToMs, string Severity, string Rule);

/// <summary>What a chart shows, before any question of pixels.</summary>
/// <param name="Bins">Bins of equal length between <paramref name="FromMs"/> and <paramref name="ToMs"/> (Unix milliseconds).</param>
sealed record ChartData(ChartSpec Spec, string Host, long FromMs, long ToMs, int Bins, IReadOnlyList<Curve> Curves,
    IReadOnlyList<Threshold> Thresholds, IReadOnlyList<AlertBand> Bands, double? Limit)
{
    public long MiddleMs(int bin) => FromMs + (long)((ToMs - FromMs) * (bin + 0.5) / Bins);

    public bool IsEmpty => Curves.All(c => c.Last is null);
}
