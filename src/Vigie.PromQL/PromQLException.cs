using Vigie.PromQL.Ast;

namespace Vigie.PromQL;

/// <summary>Why a query has no answer.</summary>
public enum PromQLError
{
    /// <summary>The text is no PromQL.</summary>
    Syntax,

    /// <summary>The text is PromQL, but its parts don't fit together: a range where a vector is needed, an unknown function.</summary>
    Type,

    /// <summary>Prometheus knows this construct; this engine doesn't yet.</summary>
    Unsupported,

    /// <summary>The data make the query meaningless: two series where one is needed.</summary>
    Evaluation,

    /// <summary>The query is larger than a setting allows.</summary>
    Limit,

    /// <summary>The query took longer than a setting allows.</summary>
    Timeout,
}

/// <summary>The one error of the language and the engine. It names the place, and for a syntax error what was expected and found.</summary>
public sealed class PromQLException : Exception
{
    public PromQLException(PromQLError error, TextPosition at, string reason, string? expected = null, string? found = null)
        : base(at.Line > 0 ? $"line {at.Line}, column {at.Column}: {reason}" : reason) =>
        (Error, At, Reason, Expected, Found) = (error, at, reason, expected, found);

    public PromQLError Error { get; }

    /// <summary>Where in the query's text. The default value (line 0) when the error is about the query as a whole.</summary>
    public TextPosition At { get; }

    public int Line => At.Line;

    public int Column => At.Column;

    /// <summary>The message without the place.</summary>
    public string Reason { get; }

    public string? Expected { get; }

    public string? Found { get; }

    internal static PromQLException Syntax(TextPosition at, string expected, string found) =>
        new(PromQLError.Syntax, at, $"expected {expected}, found {found}", expected, found);

    internal static PromQLException Bad(TextPosition at, string reason) => new(PromQLError.Syntax, at, reason);

    internal static PromQLException Type(TextPosition at, string reason, string? expected = null, string? found = null) =>
        new(PromQLError.Type, at, reason, expected, found);

    internal static PromQLException Unsupported(TextPosition at, string what) =>
        new(PromQLError.Unsupported, at, $"{what} is not supported yet");

    internal static PromQLException Evaluation(TextPosition at, string reason) => new(PromQLError.Evaluation, at, reason);

    internal static PromQLException Limit(string reason) => new(PromQLError.Limit, default, reason);
}
