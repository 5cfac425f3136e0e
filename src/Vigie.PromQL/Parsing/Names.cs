using System.Collections.Frozen;

namespace Vigie.PromQL.Parsing;

/// <summary>Which names may stand without quotes.</summary>
static class Names
{
    /// <summary>Words that mean something where an expression begins or goes on, so a metric of that name is written in quotes.</summary>
    static readonly FrozenSet<string> Reserved = new[]
    {
        "and", "or", "unless", "atan2", "bool", "on", "ignoring", "group_left", "group_right", "by", "without", "offset", "inf", "nan",
        "anchored", "smoothed", "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile",
        "count_values", "limitk", "limit_ratio",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsLabel(string name) => IsIdentifier(name) && !name.Contains(':', StringComparison.Ordinal);

    public static bool IsPlainMetric(string name) => IsIdentifier(name) && !Reserved.Contains(name);

    public static bool IsStart(char c) => char.IsAsciiLetter(c) || c is '_' or ':';

    public static bool IsPart(char c) => IsStart(c) || char.IsAsciiDigit(c);

    static bool IsIdentifier(string name) => name.Length > 0 && IsStart(name[0]) && name.All(IsPart);
}
