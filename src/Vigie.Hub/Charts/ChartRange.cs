using System.Globalization;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Charts;

/// <summary>The time a chart shows: a range up to now, or two instants from a zoom.</summary>
/// <param name="Name">The range's name, empty for a zoom.</param>
sealed record ChartRange(string Name, long FromMs, long ToMs)
{
    const string Default = "6h";

    static readonly TimeSpan Least = TimeSpan.FromMinutes(1), Most = TimeSpan.FromDays(3660);

    public static readonly IReadOnlyList<(string Name, TimeSpan Span)> Choices =
        [("15min", TimeSpan.FromMinutes(15)), ("1h", TimeSpan.FromHours(1)), ("6h", TimeSpan.FromHours(6)),
            ("24h", TimeSpan.FromHours(24)), ("7d", TimeSpan.FromDays(7))];

    public static string Label(string name, Texts texts) =>
        texts.IsFrench && name.EndsWith('d')
            ? name[..^1] + "\u00a0j"
            : name.Replace("min", "\u00a0min", StringComparison.Ordinal)
                .Replace("h", "\u00a0h", StringComparison.Ordinal)
                .Replace("d", "\u00a0d", StringComparison.Ordinal);

    /// <summary>What can't be read becomes the default: an address typed by hand must still show something.</summary>
    /// <param name="first">When the host's history begins: the default is never much longer than what there is to see.</param>
    public static ChartRange Parse(string? range, string? from, string? to, DateTimeOffset now, DateTimeOffset? first = null)
    {
        if (long.TryParse(from, CultureInfo.InvariantCulture, out long fromMs)
            && long.TryParse(to, CultureInfo.InvariantCulture, out long toMs)
            && fromMs >= 0
            && toMs <= 253_402_300_799_000
            && toMs - fromMs >= Least.TotalMilliseconds
            && toMs - fromMs <= Most.TotalMilliseconds)
            return new("", fromMs, toMs);
        string name = range is { Length: > 0 and < 16 } ? range : DefaultFor(now - (first ?? DateTimeOffset.MinValue));
        if (!Quantities.TryDuration(name, out var span) || span < Least || span > Most)
            (name, span) = (Default, TimeSpan.FromHours(6));
        return new(name, (now - span).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
    }

    static string DefaultFor(TimeSpan age) => age < TimeSpan.FromMinutes(15) ? "15min" : age < TimeSpan.FromHours(1) ? "1h" : Default;
}
