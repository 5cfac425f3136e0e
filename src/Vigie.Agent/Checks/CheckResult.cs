namespace Vigie.Agent.Checks;

/// <summary>How a check has ended. The numbers are those of Nagios' exit codes, and are stored.</summary>
public enum CheckState
{
    Ok = 0,
    Warning = 1,
    Critical = 2,

    /// <summary>The check could not tell: it failed, hung, or printed what nobody can read.</summary>
    Unknown = 3,
}

/// <summary>What a value counts. Every kind but <see cref="Plain"/> and <see cref="Counter"/> is in its base unit.</summary>
public enum CheckUnit
{
    Plain = 0,
    Bytes = 1,
    Seconds = 2,

    /// <summary>0 to 1; what was told in percent is divided by hundred.</summary>
    Ratio = 3,

    /// <summary>A sum that only grows.</summary>
    Counter = 4,
}

/// <summary>From where to where a value is good, or with <paramref name="Inside"/> is not. A bound that is null is not there.</summary>
public sealed record CheckRange(double? Low, double? High, bool Inside = false);

/// <summary>One number that a check has told, with its limits, all in the base unit.</summary>
/// <param name="Label">Unique within its check.</param>
/// <param name="Suffix">The unit of a plain value as it was told, such as <c>C</c>; else empty.</param>
public sealed record CheckValue(string Label, double Value, CheckUnit Unit = CheckUnit.Plain, string Suffix = "",
    CheckRange? Warning = null, CheckRange? Critical = null, double? Min = null, double? Max = null);

/// <summary>What one check has found.</summary>
/// <param name="Name">Unique on its host.</param>
/// <param name="Text">One line for people.</param>
/// <param name="Details">More lines, if any.</param>
public sealed record CheckResult(string Name, CheckState State, string Text, string Details = "", IReadOnlyList<CheckValue>? Figures = null)
{
    public IReadOnlyList<CheckValue> Values => Figures ?? [];

    public static CheckResult Unknown(string name, string why) => new(name, CheckState.Unknown, CheckText.Line(why));
}
