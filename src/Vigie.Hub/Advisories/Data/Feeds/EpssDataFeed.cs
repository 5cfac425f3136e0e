using System.Globalization;
using System.IO.Compression;
using System.Text;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data.Feeds;

/// <summary>
/// EPSS of the day: lines <c>cve,epss,percentile</c> behind a remark and a heading, packed by gzip. Kept are those that stand high enough to weigh.
/// </summary>
sealed class EpssDataFeed(HubOptions options) : IDataFeed
{
    const long MostUnpacked = 200 << 20;

    public string Name => "Epss";

    public string Title => "EPSS";

    public DataFeedOptions Options => options.Feeds.Epss;

    public IReadOnlyList<DataDocument> Documents(FleetNeeds needs) => !needs.Any ? []
        : [new("/epss_scores-current.csv.gz", 50 << 20, "application/gzip", DataTypes.IsPacked, null, Pack)];

    static PackedData Pack(Stream file, CancellationToken ct)
    {
        bool isPacked = file.ReadByte() == 0x1f;
        file.Position = 0;
        using var lines = new StreamReader(isPacked ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file, Encoding.UTF8, false,
            64 * 1024, leaveOpen: true);
        var found = new Dictionary<long, float>();
        char[] line = new char[200];
        long read = 0;
        int known = 0;
        try
        {
            for (int length = 0, c; (c = lines.Read()) >= 0;)
            {
                if ((++read & 0xfffff) == 0)
                    ct.ThrowIfCancellationRequested();
                if (read > MostUnpacked)
                    throw new FormatException($"it is larger than {MostUnpacked >> 20} MiB when unpacked");
                if (c != '\n')
                {
                    if (length == line.Length)
                        throw new FormatException("it has a line that is none of EPSS");
                    line[length++] = (char)c;
                    continue;
                }
                known += Take(line.AsSpan(0, length), found) ? 1 : 0;
                length = 0;
            }
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"it is damaged: {e.Message}", e);
        }
        return known > 0 ? DataPacking.Percentiles(found) : throw new FormatException("it has no line of EPSS: cve,epss,percentile");
    }

    static bool Take(ReadOnlySpan<char> line, Dictionary<long, float> found)
    {
        int first = line.IndexOf(','), last = line.LastIndexOf(',');
        if (first < 0 || last == first || CveId.Parse(line[..first].ToString()) is not (> 0 and var cve)
            || !float.TryParse(line[(last + 1)..].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out float percentile))
            return false;
        if (percentile is >= FindingSeverity.Likely and <= 1)
            found[cve] = percentile;
        return true;
    }
}
