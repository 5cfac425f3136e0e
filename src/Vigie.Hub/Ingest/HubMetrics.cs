namespace Vigie.Hub.Ingest;

/// <summary>What the hub has taken since it started.</summary>
sealed class HubMetrics
{
    long _written, _refused;

    public long Written => Interlocked.Read(ref _written);

    public long Refused => Interlocked.Read(ref _refused);

    public void Count(Taken taken)
    {
        Interlocked.Add(ref _written, taken.Written);
        Interlocked.Add(ref _refused, taken.Refused);
    }
}
