using Vigie.Hub.Web;

namespace Vigie.Hub.Charts;

/// <summary>A place on an axis, 0 to 1, and what is written there.</summary>
readonly record struct Tick(double At, string Text);

/// <summary>Round numbers for axes.</summary>
static class Axis
{
    static readonly TimeSpan[] TimeSteps =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3),
        TimeSpan.FromHours(4),
        TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7),
        TimeSpan.FromDays(14), TimeSpan.FromDays(30),
    ];

    /// <summary>The axis' end and its ticks from zero, for values up to <paramref name="most"/>.</summary>
    public static (double End, IReadOnlyList<Tick> Ticks) Values(double most, ChartUnit unit, Texts texts)
    {
        if (!(most > 0) || double.IsInfinity(most))
            most = 1;
        double step = Step(most / 4, unit);
        double end = Math.Ceiling(Math.Round(most / step, 9)) * step;
        int count = (int)Math.Round(end / step);
        return (end, [.. Enumerable.Range(1, count).Select(i => new Tick(i * step / end, Text(i * step, unit, texts)))]);
    }

    public static string Text(double value, ChartUnit unit, Texts texts) => unit switch
    {
        ChartUnit.Percent => texts.Percent(value),
        ChartUnit.Bytes => texts.Bytes(value),
        ChartUnit.BytesPerSecond => texts.BytesPerSecond(value),
        ChartUnit.PerSecond => texts.Number(value, value < 10 ? 2 : 0) + "/s",
        ChartUnit.Count => texts.Number(value, 0),
        ChartUnit.State => texts[Checks.CheckWords.State((Agent.Checks.CheckState)(int)value)],
        ChartUnit.Celsius => texts.Number(value, 0) + "\u00a0°C",
        _ => texts.Number(value, 2),
    };

    /// <summary>The next of 1, 2, 2.5, 5 × 10ⁿ; of 1, 2, 4 … 512 × 1024ⁿ for bytes; a whole number for counts and degrees.</summary>
    static double Step(double least, ChartUnit unit)
    {
        if (unit is ChartUnit.Bytes or ChartUnit.BytesPerSecond)
            return Math.Pow(2, Math.Max(0, Math.Ceiling(Math.Log2(least))));
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double[] round = unit is ChartUnit.Count or ChartUnit.Celsius ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
        double step = round.First(r => r * power >= least * 0.999999) * power;
        return unit is ChartUnit.Count or ChartUnit.Celsius ? Math.Max(1, Math.Round(step)) : step;
    }

    /// <summary>Round instants of the viewer's day, at most <paramref name="most"/> of them.</summary>
    public static IReadOnlyList<Tick> Times(long fromMs, long toMs, TimeZoneInfo zone, Texts texts, int most = 7)
    {
        var (from, to) = (DateTimeOffset.FromUnixTimeMilliseconds(fromMs), DateTimeOffset.FromUnixTimeMilliseconds(toMs));
        var step = TimeSteps.FirstOrDefault(s => (to - from) / s <= most, TimeSpan.FromDays(Math.Ceiling((to - from).TotalDays / most)));
        var ticks = new List<Tick>();
        // Steps are counted on the wall clock, so that a day's tick stays at midnight over a change of summer time.
        var wall = TimeZoneInfo.ConvertTime(from, zone).DateTime;
        var begin = new DateTime((wall.Ticks + step.Ticks - 1) / step.Ticks * step.Ticks, DateTimeKind.Unspecified);
        for (var at = begin; ticks.Count <= most * 2; at += step)
        {
            if (zone.IsInvalidTime(at))
                continue;
            var instant = new DateTimeOffset(at, zone.GetUtcOffset(at));
            if (instant > to)
                break;
            ticks.Add(new((instant - from) / (to - from),
                step < TimeSpan.FromMinutes(1) ? $"{at:HH:mm:ss}" : at.TimeOfDay == TimeSpan.Zero ? texts.Day(instant) : $"{at:HH:mm}"));
        }
        return ticks;
    }
}
