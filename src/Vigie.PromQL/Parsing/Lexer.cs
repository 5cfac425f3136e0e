using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Parsing;

/// <summary>Text to tokens. What can't be read becomes a <see cref="TokenKind.Bad"/> token, so an earlier error is told first.</summary>
sealed class Lexer(string text)
{
    int _offset;
    int _line = 1;
    int _lineStart;
    int _brackets;

    public Token Next()
    {
        SkipBlanksAndComments();
        var at = new TextPosition(_offset, _line, _offset - _lineStart + 1);
        if (_offset >= text.Length)
            return new(TokenKind.End, at, "");
        char c = text[_offset];
        // Inside brackets a colon separates range and step; elsewhere it may begin a metric's name.
        if (Names.IsStart(c) && !(c == ':' && _brackets > 0))
            return Take(TokenKind.Identifier, at, Run(_offset, p => Names.IsPart(p) && !(p == ':' && _brackets > 0)));
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            return Number(at);
        return c is '"' or '\'' or '`' ? String(at, c) : Sign(at, c);
    }

    Token Sign(TextPosition at, char c)
    {
        char next = Peek(1);
        switch (c)
        {
            case '(': return Take(TokenKind.LeftParen, at, 1);
            case ')': return Take(TokenKind.RightParen, at, 1);
            case '{': return Take(TokenKind.LeftBrace, at, 1);
            case '}': return Take(TokenKind.RightBrace, at, 1);
            case '[':
                _brackets++;
                return Take(TokenKind.LeftBracket, at, 1);
            case ']':
                _brackets = Math.Max(0, _brackets - 1);
                return Take(TokenKind.RightBracket, at, 1);
            case ',': return Take(TokenKind.Comma, at, 1);
            case ':': return Take(TokenKind.Colon, at, 1);
            case '@': return Take(TokenKind.At, at, 1);
            case '=' when next == '~': return Take(TokenKind.MatchesRegex, at, 2);
            case '!' when next == '~': return Take(TokenKind.MatchesNotRegex, at, 2);
            case '=' when next != '=': return Take(TokenKind.Equals, at, 1);
            case '=' or '<' or '>' or '!' when next == '=': return Take(TokenKind.Operator, at, 2);
            case '+' or '-' or '*' or '/' or '%' or '^' or '<' or '>': return Take(TokenKind.Operator, at, 1);
            default:
                return Bad(at, "unexpected character " + (char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}'"));
        }
    }

    Token Number(TextPosition at)
    {
        int end = NumberEnd(_offset);
        int word = end + Run(end, c => char.IsAsciiLetterOrDigit(c) || c == '_');
        string written = text[_offset..word];
        if (word == end && Numbers.TryParse(written, out double number))
            return Take(TokenKind.Number, at, word - _offset) with { Number = number };
        if (Durations.TryParse(written, out long ms))
            return Take(TokenKind.Duration, at, word - _offset) with { Number = ms };
        string shown = written.Length > 40 ? written[..40] + "…" : written;
        return Bad(at, $"'{shown}' is neither a number nor a duration (5m, 1h30m, 250ms)");
    }

    int NumberEnd(int start)
    {
        if (text[start] == '0' && Peek(1) is 'x' or 'X')
            return start + 2 + Run(start + 2, c => char.IsAsciiHexDigit(c) || c == '_');
        static bool Digit(char c) => char.IsAsciiDigit(c) || c == '_';
        int end = start + Run(start, Digit);
        if (At(end) == '.')
            end += 1 + Run(end + 1, Digit);
        if (At(end) is 'e' or 'E')
        {
            int sign = At(end + 1) is '+' or '-' ? 1 : 0;
            int digits = Run(end + 1 + sign, Digit);
            end += digits > 0 ? 1 + sign + digits : 0;
        }
        return end;
    }

    Token String(TextPosition at, char quote)
    {
        int end = _offset + 1;
        while (end < text.Length && text[end] != quote && (quote == '`' || text[end] != '\n'))
            end += quote != '`' && text[end] == '\\' && At(end + 1) != '\n' ? 2 : 1;
        if (end >= text.Length || text[end] != quote)
            return Bad(at, $"the string that begins here has no closing {quote}");
        var inside = text.AsSpan(_offset + 1, end - _offset - 1);
        if (quote == '`')
        {
            var raw = new Token(TokenKind.String, at, StringEscapes.WellFormed(inside));
            for (; _offset <= end; _offset++)
                CountLine();
            return raw;
        }
        if (!StringEscapes.TryRead(inside, quote, out string value, out int bad))
        {
            var escape = new TextPosition(at.Offset + 1 + bad, at.Line, at.Column + 1 + bad);
            return Bad(escape, "this escape is unknown; write \\\\ for a backslash");
        }
        _offset = end + 1;
        return new(TokenKind.String, at, value);
    }

    void SkipBlanksAndComments()
    {
        for (; _offset < text.Length; _offset++)
        {
            if (text[_offset] == '#')
                _offset += Run(_offset, c => c != '\n');
            if (_offset >= text.Length || text[_offset] is not (' ' or '\t' or '\r' or '\n'))
                return;
            CountLine();
        }
    }

    void CountLine()
    {
        if (text[_offset] == '\n')
            (_line, _lineStart) = (_line + 1, _offset + 1);
    }

    Token Take(TokenKind kind, TextPosition at, int length)
    {
        _offset += length;
        return new(kind, at, text[(_offset - length).._offset]);
    }

    Token Bad(TextPosition at, string reason)
    {
        _offset = text.Length;
        return new(TokenKind.Bad, at, reason);
    }

    int Run(int start, Func<char, bool> accepts)
    {
        int end = start;
        while (end < text.Length && accepts(text[end]))
            end++;
        return Math.Max(0, end - start);
    }

    char Peek(int ahead) => At(_offset + ahead);

    char At(int index) => index < text.Length ? text[index] : '\0';
}
