using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Parsing;

sealed partial class Parser
{
    /// <summary>A series as test scripts write it: a name, labels, or both.</summary>
    /// <param name="end">Where the text after the series begins.</param>
    internal static Labels ParseSeries(string text, out int end)
    {
        var parser = new Parser(text);
        string? name = parser._current.Kind == TokenKind.Identifier ? parser._current.Text : null;
        end = name is null ? 0 : name.Length;
        var matchers = name is null ? new List<LabelMatcher>() : [new(Labels.MetricName, MatchKind.Equal, name)];
        if (name is not null && parser._next.Kind == TokenKind.LeftBrace && parser._next.At.Offset == end)
            parser.Advance();
        if (parser._current.Kind == TokenKind.LeftBrace)
            end = parser.Matchers(matchers, readOn: false).Offset + 1;
        else if (name is null)
            throw parser.Unexpected("a series");
        return Labels.From(matchers.Select(m => new Label(m.Name, m.Value)));
    }

    Selector Selector(string? name, TextPosition at)
    {
        var matchers = new List<LabelMatcher>();
        if (name is not null)
            matchers.Add(new(Labels.MetricName, MatchKind.Equal, name));
        if (_current.Kind == TokenKind.LeftBrace)
            Matchers(matchers, readOn: true);
        if (matchers.TrueForAll(m => m.Matches("")))
            throw PromQLException.Bad(at, "a selector needs at least one matcher that does not match the empty string");
        return new(matchers, default, at);
    }

    /// <param name="readOn">False leaves the closing brace, because what follows is no PromQL.</param>
    TextPosition Matchers(List<LabelMatcher> matchers, bool readOn)
    {
        bool named = matchers.Count > 0;
        Take(TokenKind.LeftBrace, "'{'");
        while (_current.Kind != TokenKind.RightBrace)
        {
            var label = _current;
            if (!IsLabelName(label))
                throw Unexpected("a label name or '}'");
            Advance();
            bool isName = label.Kind == TokenKind.String && _current.Kind is TokenKind.Comma or TokenKind.RightBrace;
            if ((isName || label.Text == Labels.MetricName) && named)
                throw PromQLException.Bad(label.At, "the metric's name is set twice");
            named |= isName;
            matchers.Add(isName ? new(Labels.MetricName, MatchKind.Equal, label.Text) : Matcher(label.Text));
            if (_current.Kind != TokenKind.RightBrace)
                Take(TokenKind.Comma, "',' or '}'");
        }
        return readOn ? Advance().At : _current.At;
    }

    LabelMatcher Matcher(string label)
    {
        MatchKind? kind = _current switch
        {
            { Kind: TokenKind.Equals } => MatchKind.Equal,
            { Kind: TokenKind.MatchesRegex } => MatchKind.Regex,
            { Kind: TokenKind.MatchesNotRegex } => MatchKind.NotRegex,
            var token when token.IsOperator("!=") => MatchKind.NotEqual,
            _ => null,
        };
        if (kind is null)
            throw Unexpected("one of =, !=, =~ and !~");
        Advance();
        var value = Take(TokenKind.String, "a string");
        try
        {
            return new(label, kind.Value, value.Text);
        }
        catch (ArgumentException e)
        {
            throw PromQLException.Bad(value.At, $"this is no regular expression that can be used here: {e.Message}");
        }
    }

    Expr Postfix(Expr expr)
    {
        for (; ; )
        {
            var token = _current;
            if (token.Kind == TokenKind.LeftBracket)
                expr = Range(expr);
            else if (TakeWord("offset"))
                expr = Shifted(expr, token, shift => shift.OffsetMs == 0 ? shift with { OffsetMs = SignedMs() } : throw Twice(token));
            else if (TakeIf(TokenKind.At))
                expr = Shifted(expr, token, shift => shift.At == AtKind.None ? Fixed(shift) : throw Twice(token));
            else if (token.IsWord("anchored") || token.IsWord("smoothed"))
                throw PromQLException.Unsupported(token.At, $"the modifier {token.Text}");
            else
                return expr;
        }
    }

    static PromQLException Twice(Token token) => PromQLException.Bad(token.At, $"'{token.Text}' is set twice");

    Expr Range(Expr expr)
    {
        var at = Advance().At;
        long range = PositiveMs();
        if (TakeIf(TokenKind.Colon))
        {
            long? step = _current.Kind == TokenKind.RightBracket ? null : PositiveMs();
            TakeBracket();
            return Grown(new Subquery(expr, range, step, default, at));
        }
        TakeBracket();
        return expr switch
        {
            Selector { Shift: var shift } when shift != default =>
                throw PromQLException.Bad(at, "the range comes before 'offset' and '@'"),
            Selector selector => new RangeSelector(selector, range, selector.At),
            _ => throw PromQLException.Bad(at,
                "a range is only allowed after a selector; write [range:step] to evaluate an expression over time"),
        };
    }

    void TakeBracket()
    {
        if (_current.Kind is TokenKind.Operator)
            throw PromQLException.Unsupported(_current.At, "arithmetic in a duration");
        Take(TokenKind.RightBracket, "']'");
    }

    static Expr Shifted(Expr expr, Token modifier, Func<TimeShift, TimeShift> change) => expr switch
    {
        Selector selector => selector with { Shift = change(selector.Shift) },
        RangeSelector range => range with { Selector = range.Selector with { Shift = change(range.Selector.Shift) } },
        Subquery subquery => subquery with { Shift = change(subquery.Shift) },
        _ => throw PromQLException.Bad(modifier.At, $"'{modifier.Text}' is only allowed after a selector or a subquery"),
    };

    TimeShift Fixed(TimeShift shift)
    {
        foreach (var (word, kind) in new[] { ("start", AtKind.Start), ("end", AtKind.End) })
        {
            if (_current.IsWord(word))
            {
                Advance();
                Take(TokenKind.LeftParen, "'('");
                Take(TokenKind.RightParen, "')'");
                return shift with { At = kind };
            }
        }
        return shift with { At = AtKind.Time, AtMs = SignedMs() };
    }

    long PositiveMs()
    {
        var at = _current.At;
        long ms = Ms();
        return ms > 0 ? ms : throw PromQLException.Bad(at, "a range must be longer than 0");
    }

    long SignedMs()
    {
        bool negative = _current.IsOperator("-");
        if (negative || _current.IsOperator("+"))
            Advance();
        return negative ? -Ms() : Ms();
    }

    /// <summary>A duration, or a plain number of seconds.</summary>
    long Ms()
    {
        var token = _current;
        bool special = token.IsWord("inf") || token.IsWord("nan");
        if (token.Kind is TokenKind.LeftParen || (token.Kind == TokenKind.Identifier && _next.Kind == TokenKind.LeftParen))
            throw PromQLException.Unsupported(token.At, "arithmetic in a duration");
        if (token.Kind is not (TokenKind.Number or TokenKind.Duration) && !special)
            throw Unexpected("a duration");
        double ms = token.Kind == TokenKind.Number ? Math.Round(token.Number * 1000) : token.Number;
        if (special || ms > Durations.MaxMs)
            throw PromQLException.Bad(token.At, $"the duration {token.Text} is out of range");
        Advance();
        return (long)ms;
    }

    Grouping? GroupingClause()
    {
        bool without = _current.IsWord("without");
        if (!without && !_current.IsWord("by"))
            return null;
        Advance();
        return new(without, LabelNames());
    }

    VectorMatching? Matching()
    {
        bool on = _current.IsWord("on");
        if (!on && !_current.IsWord("ignoring"))
        {
            bool grouped = _current.IsWord("group_left") || _current.IsWord("group_right");
            return grouped ? throw Unexpected("'on' or 'ignoring' before it") : null;
        }
        Advance();
        var labels = LabelNames();
        var cardinality = _current.IsWord("group_left") ? Cardinality.ManyToOne
            : _current.IsWord("group_right") ? Cardinality.OneToMany : Cardinality.OneToOne;
        IReadOnlyList<string> include = [];
        if (cardinality != Cardinality.OneToOne)
        {
            var at = Advance().At;
            if (_current.Kind == TokenKind.LeftParen)
                include = LabelNames();
            if (on && include.FirstOrDefault(labels.Contains) is { } both)
                throw PromQLException.Bad(at, $"the label {both} must not occur in both 'on' and the group modifier");
        }
        if (_current.IsWord("fill") || _current.IsWord("fill_left") || _current.IsWord("fill_right"))
            throw PromQLException.Unsupported(_current.At, $"the modifier {_current.Text}");
        return new(on, labels, cardinality, include);
    }

    /// <summary>A plain word, or any text in quotes.</summary>
    static bool IsLabelName(Token token) =>
        token.Text.Length > 0 && (token.Kind == TokenKind.String || (token.Kind == TokenKind.Identifier && Names.IsLabel(token.Text)));

    List<string> LabelNames()
    {
        Take(TokenKind.LeftParen, "'('");
        var names = new List<string>();
        while (_current.Kind != TokenKind.RightParen)
        {
            var name = _current;
            if (!IsLabelName(name))
                throw Unexpected("a label name or ')'");
            names.Add(Advance().Text);
            if (_current.Kind != TokenKind.RightParen)
                Take(TokenKind.Comma, "',' or ')'");
        }
        Advance();
        return names;
    }
}
