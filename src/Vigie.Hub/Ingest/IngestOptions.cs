using System.ComponentModel;
using Vigie.Core.Metrics;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Ingest;

sealed record IngestOptions
{
    [Description("Largest request, after decompression."), Between("64KiB", "1GiB")]
    public ByteSize MaxBody { get; init; } = new(64L << 20);

    [Description("Most series one host may send; what comes beyond is refused and the sender is told."), Between("100", "1000000")]
    public int SeriesPerHost { get; init; } = 20_000;

    [Description("Most series of all hosts together; each costs about a kilobyte of memory."), Between("1000", "10000000")]
    public int Series { get; init; } = 1_000_000;

    [Description("Room kept free on the disk of the data folder for alerts and mails; senders of samples wait while less is left."),
        Between("0B", "1024GiB")]
    public ByteSize DiskReserve { get; init; } = new(128L << 20);

    public IngestLimits ToLimits() => new() { SeriesPerHost = SeriesPerHost };
}
