using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Parts of a date, in UTC. A value is Unix seconds; without an argument it is the evaluation time.</summary>
static class DateFunctions
{
    public static readonly Function[] All =
    [
        Part("minute", t => t.Minute),
        Part("hour", t => t.Hour),
        Part("day_of_week", t => (int)t.DayOfWeek),
        Part("day_of_month", t => t.Day),
        Part("day_of_year", t => t.DayOfYear),
        Part("days_in_month", t => DateTime.DaysInMonth(t.Year, t.Month)),
        Part("month", t => t.Month),
        Part("year", t => t.Year),
    ];

    static readonly double First = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    static readonly double Last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    static ElementFunction Part(string name, Func<DateTimeOffset, int> part) =>
        new(name, (v, _) => v >= First && v <= Last ? part(DateTimeOffset.FromUnixTimeSeconds((long)v)) : double.NaN, InstantVector)
        {
            Optional = 1,
            DefaultsToTime = true,
        };
}
