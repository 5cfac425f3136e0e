namespace Vigie.Agent.Spool;

/// <summary>How much a spool keeps.</summary>
/// <param name="Bytes">Of all its files together.</param>
/// <param name="Age">Since a sample was measured.</param>
readonly record struct SpoolLimits(long Bytes, TimeSpan Age)
{
    /// <summary>A sixteenth of the whole goes at once when it is full.</summary>
    public long SegmentBytes => Math.Max(Bytes / 16, 16 * 1024);
}
