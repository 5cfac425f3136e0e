namespace Vigie.PromQL.Testing;

/// <summary>What became of a script's evaluations.</summary>
/// <param name="Failures">Those whose answer is wrong.</param>
/// <param name="Unsupported">Those that use something this engine says it doesn't support yet.</param>
public sealed record ScriptReport(int Passed, IReadOnlyList<ScriptFailure> Failures, IReadOnlyList<ScriptFailure> Unsupported)
{
    public static ScriptReport operator +(ScriptReport a, ScriptReport b) =>
        new(a.Passed + b.Passed, [.. a.Failures, .. b.Failures], [.. a.Unsupported, .. b.Unsupported]);
}

/// <param name="Line">Line of the script, from 1.</param>
public sealed record ScriptFailure(string Script, int Line, string Query, string Expected, string Got)
{
    public override string ToString() => $"{Script}:{Line}: {Query}\n  expected {Expected}\n  got {Got}";
}
