using Vigie.Agent.Checks;
using Vigie.Hub.Web;

namespace Vigie.Hub.Checks;

/// <summary>How a check's state and values are written.</summary>
static class CheckWords
{
    /// <summary>English; also the style sheet's class.</summary>
    public static string State(CheckState state) => state switch
    {
        CheckState.Ok => "ok",
        CheckState.Warning => "warning",
        CheckState.Critical => "critical",
        _ => "unknown",
    };

    /// <summary>Of a document from outside: the clock there may be wrong, or its writer mean no good.</summary>
    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, 0, 253_402_300_799_000));

    public static string Value(CheckValue value, Texts texts) => value.Unit switch
    {
        CheckUnit.Bytes => texts.Bytes(value.Value),
        CheckUnit.Ratio => texts.Percent(value.Value),
        CheckUnit.Seconds => Seconds(value.Value, texts),
        CheckUnit.Counter => texts.Number(value.Value, 0),
        _ => texts.Number(value.Value, 3) + (value.Suffix.Length > 0 ? "\u00a0" + value.Suffix : ""),
    };

    /// <summary>The style sheet's class for a value that has passed its limits.</summary>
    public static string? Verdict(CheckValue value) =>
        IsOutside(value.Value, value.Critical) ? "critical" : IsOutside(value.Value, value.Warning) ? "warning" : null;

    static string Seconds(double seconds, Texts texts) => Math.Abs(seconds) switch
    {
        < 1e-3 => texts.Number(seconds * 1e6, 0) + "\u00a0µs",
        < 1 => texts.Number(seconds * 1e3, 1) + "\u00a0ms",
        < 90 => texts.Number(seconds, 2) + "\u00a0s",
        < 1e10 => (seconds < 0 ? "−" : "") + texts.Duration(TimeSpan.FromSeconds(Math.Abs(seconds))),
        _ => texts.Number(seconds, 0) + "\u00a0s",
    };

    static bool IsOutside(double value, CheckRange? range) => range is not null
        && (value < range.Low || value > range.High) != range.Inside;
}
