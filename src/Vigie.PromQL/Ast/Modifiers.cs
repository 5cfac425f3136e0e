namespace Vigie.PromQL.Ast;

public enum AtKind { None, Time, Start, End }

/// <summary>When a selector or subquery looks: <c>@</c> fixes the instant, <c>offset</c> goes back from it (negative: forward).</summary>
/// <param name="OffsetMs">Milliseconds back.</param>
/// <param name="AtMs">Unix milliseconds; meaningful for <see cref="AtKind.Time"/>.</param>
public readonly record struct TimeShift(long OffsetMs, AtKind At, long AtMs);

/// <summary>Which labels an aggregation keeps (<c>by</c>) or drops (<c>without</c>).</summary>
public sealed record Grouping(bool Without, IReadOnlyList<string> Labels)
{
    public static readonly Grouping None = new(Without: false, []);
}

public enum Cardinality { OneToOne, ManyToOne, OneToMany }

/// <summary>How the series of two vectors find each other.</summary>
/// <param name="On">Match on the labels; otherwise on all labels but them.</param>
/// <param name="Include">Labels that group_left or group_right copies from the "one" side.</param>
public sealed record VectorMatching(bool On, IReadOnlyList<string> Labels, Cardinality Cardinality, IReadOnlyList<string> Include)
{
    public static readonly VectorMatching Default = new(On: false, [], Cardinality.OneToOne, []);
}
