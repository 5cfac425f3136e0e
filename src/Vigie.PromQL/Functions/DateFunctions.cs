using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Parts of a date, in UTC. A value is Unix seconds; without an argument it is the evaluation time.</summary>
static class DateFunctions
{
    const long Day = 86_400;

    public static readonly Function[] All =
    [
        Part("minute", s => Modulo(s, 3600) / 60),
        Part("hour", s => Modulo(s, Day) / 3600),
        Part("day_of_week", s => Modulo(Days(s) + 4, 7)), // 1970 began on a Thursday
        Part("day_of_month", s => Date(s).Day),
        Part("day_of_year", s => Days(s) - DaysUntil(Date(s).Year, 1) + 1),
        Part("days_in_month", s => DaysInMonth(Date(s))),
        Part("month", s => Date(s).Month),
        Part("year", s => Date(s).Year),
    ];

    /// <summary>Not the framework's dates: a value may lie beyond the year 9999. NaN has no date.</summary>
    static ElementFunction Part(string name, Func<long, long> part) =>
        new(name, (v, _) => Math.Abs(v) < long.MaxValue / 2.0 ? part((long)v) : double.NaN, InstantVector)
        {
            Optional = 1,
            DefaultsToTime = true,
        };

    static long Days(long seconds) => (seconds - Modulo(seconds, Day)) / Day;

    static long DaysInMonth((long Year, int Month, int Day) date) => date.Month == 12
        ? 31
        : DaysUntil(date.Year, date.Month + 1) - DaysUntil(date.Year, date.Month);

    /// <summary>
    /// Counted in years that begin in March, so that the odd day of a leap year is a year's last, and in cycles of 400 years,
    /// which all have the same days.
    /// </summary>
    static (long Year, int Month, int Day) Date(long seconds)
    {
        long days = Days(seconds) + DaysToEpoch;
        long inCycle = Modulo(days, DaysInCycle), cycle = (days - inCycle) / DaysInCycle;
        long year = (inCycle - (inCycle / 1460) + (inCycle / 36_524) - (inCycle / 146_096)) / 365;
        long inYear = inCycle - ((365 * year) + (year / 4) - (year / 100));
        long month = ((5 * inYear) + 2) / 153;
        int day = (int)(inYear - (((153 * month) + 2) / 5) + 1);
        return (year + (400 * cycle) + (month >= 10 ? 1 : 0), (int)(month < 10 ? month + 3 : month - 9), day);
    }

    const long DaysInCycle = 146_097, DaysToEpoch = 719_468; // from the first of March of the year 0

    /// <summary>Days from 1970 to the first of a month.</summary>
    static long DaysUntil(long year, int month)
    {
        long shifted = month > 2 ? year : year - 1;
        long inCycle = Modulo(shifted, 400), cycle = (shifted - inCycle) / 400;
        long inYear = ((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5;
        return (cycle * DaysInCycle) + (inCycle * 365) + (inCycle / 4) - (inCycle / 100) + inYear - DaysToEpoch;
    }

    static long Modulo(long value, long by) => ((value % by) + by) % by;
}
