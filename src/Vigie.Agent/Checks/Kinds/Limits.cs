namespace Vigie.Agent.Checks.Kinds;

/// <summary>The two times from which on a check that measures its own time is not ok any more; each may be missing.</summary>
sealed record Limits(TimeSpan? Warning, TimeSpan? Critical)
{
    public static Limits Read(CheckArguments arguments) => new(arguments.Time("warning"), arguments.Time("critical"));

    public CheckState Of(TimeSpan took) => took >= Critical ? CheckState.Critical : took >= Warning ? CheckState.Warning : CheckState.Ok;

    public CheckValue Value(string label, TimeSpan took) => new(label, took.TotalSeconds, CheckUnit.Seconds,
        Warning: Range(Warning), Critical: Range(Critical), Min: 0);

    public static string Text(TimeSpan took) => FormattableString.Invariant(took.TotalSeconds < 1
        ? (FormattableString)$"{took.TotalMilliseconds:0.##} ms" : $"{took.TotalSeconds:0.##} s");

    static CheckRange? Range(TimeSpan? limit) => limit is { } time ? new(null, time.TotalSeconds) : null;
}
