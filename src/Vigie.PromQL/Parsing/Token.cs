using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Parsing;

enum TokenKind
{
    End, Bad, Identifier, Number, Duration, String, Operator,
    LeftParen, RightParen, LeftBrace, RightBrace, LeftBracket, RightBracket, Comma, Colon, At, Equals, MatchesRegex, MatchesNotRegex,
}

/// <param name="Text">The token as written; for <see cref="TokenKind.Bad"/> the reason; for a string its value.</param>
/// <param name="Number">A number's value; a duration's in milliseconds.</param>
readonly record struct Token(TokenKind Kind, TextPosition At, string Text, double Number = 0)
{
    public bool IsWord(string word) => Kind == TokenKind.Identifier && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);

    public bool IsOperator(string sign) => Kind == TokenKind.Operator && string.Equals(Text, sign, StringComparison.Ordinal);

    /// <summary>The token as an error message names it.</summary>
    public string Described => Kind switch
    {
        TokenKind.End => "the end of the query",
        TokenKind.String => $"the string \"{Shortened}\"",
        TokenKind.Number => $"the number {Shortened}",
        TokenKind.Duration => $"the duration {Shortened}",
        _ => $"'{Shortened}'",
    };

    string Shortened => Text.Length > 40 ? Text[..40] + "…" : Text;
}
