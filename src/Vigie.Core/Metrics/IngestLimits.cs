namespace Vigie.Core.Metrics;

/// <summary>Bounds of what senders can make the hub keep. A sample past one of them is refused and counted.</summary>
public sealed record IngestLimits
{
    public int SeriesPerHost { get; init; } = 20_000;

    /// <summary>OTLP resources, and hosts that come by remote write.</summary>
    public int Hosts { get; init; } = 50_000;

    /// <summary>Series of all hosts that come by remote write: each holds about 250 bytes here and as many in the store.</summary>
    public int Series { get; init; } = 10_000_000;

    /// <summary>Names of metrics whose declaration is kept; what comes beyond is stored without help and unit.</summary>
    public int Metrics { get; init; } = 100_000;

    public int LabelsPerSeries { get; init; } = 40;

    /// <summary>Characters of a label's name or value, and of a metric's name.</summary>
    public int LabelLength { get; init; } = 2_048;

    /// <summary>Bytes of all labels of a series that comes by remote write: they are its key in memory.</summary>
    public int SeriesBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of a resource's attributes: they are kept in memory for each host.</summary>
    public int ResourceBytes { get; init; } = 64 * 1024;

    /// <summary>How far ahead of the hub's clock a sample may be.</summary>
    public TimeSpan Future { get; init; } = TimeSpan.FromMinutes(10);

    internal string FutureRefusal(string what) =>
        $"{what} is more than {Future.TotalMinutes:0.#} min ahead of the hub's clock: check the sender's time synchronisation";

    internal string SeriesPerHostRefusal => $"the host sends more than {SeriesPerHost} series (Ingest:SeriesPerHost)";

    internal string LabelsRefusal => $"a series has more than {LabelsPerSeries} labels";

    internal string SeriesBytesRefusal => $"a series' labels are longer than {SeriesBytes} bytes";
}
