using System.Text.RegularExpressions;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Advisories.Matching.Readers;

namespace Vigie.Hub.Advisories.Data;

/// <summary>What several data feeds have in common.</summary>
static partial class DataTypes
{
    /// <summary>Mirrors may not know better than "bytes"; whether it is JSON is seen in it. A page of a portal is none.</summary>
    public static bool IsJson(string type) =>
        type is "application/json" or "text/json" or "text/plain" or "application/octet-stream" || type.EndsWith("+json", StringComparison.Ordinal);

    public static bool IsPacked(string type) => type is not ("text/html" or "application/xhtml+xml");

    /// <summary>Codename of a series of Ubuntu. Hosts tell it, and it becomes part of an address.</summary>
    public static bool IsCodename(string suite) => Codename().IsMatch(suite);

    /// <summary>Branch of Alpine: v3.22 or edge.</summary>
    public static bool IsBranch(string suite) => Branch().IsMatch(suite);

    public static Func<Stream, CancellationToken, PackedData> Rows(Wanted wanted) => (file, ct) =>
    {
        var data = new SecurityData();
        SecurityFile.Read(file, data, wanted, ct);
        return DataPacking.Rows(data);
    };

    [GeneratedRegex(@"^[a-z]{3,20}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Codename();

    [GeneratedRegex(@"^(v[0-9]{1,2}\.[0-9]{1,3}|edge)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Branch();
}
