using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Parsing;

/// <summary>Precedence climbing over the tokens. Selectors and modifiers are in the other half of this class.</summary>
sealed partial class Parser
{
    /// <summary>Parentheses, calls and signs inside one another. Each level is a level of this class's recursion.</summary>
    const int MaxNesting = 250;

    /// <summary>Height of the tree: a chain of operators is as high as it is long, and every walker recurses over it.</summary>
    const int MaxDepth = 1000;

    readonly Lexer _lexer;
    Token _current;
    Token _next;
    int _nesting;

    Parser(string text)
    {
        _lexer = new Lexer(text);
        _next = _lexer.Next();
        Advance();
    }

    public static Expr Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new Parser(text);
        var expr = parser.Expression(0);
        if (parser._current.Kind != TokenKind.End)
            throw parser.Unexpected("an operator or the end of the query");
        TypeChecker.Check(expr);
        return expr;
    }

    Expr Expression(int binding)
    {
        if (++_nesting > MaxNesting)
            throw PromQLException.Bad(_current.At, $"the query is nested deeper than {MaxNesting} levels");
        var left = Prefix();
        while (_current.Kind is TokenKind.Operator or TokenKind.Identifier
            && BinaryOperators.TryGet(_current.Text, out var op, out int strength) && strength >= binding)
        {
            var at = Advance().At;
            bool returnsBool = TakeWord("bool");
            var matching = Matching();
            var right = Expression(op == BinaryOperator.Power ? strength : strength + 1);
            left = Grown(new Binary(op, left, right, returnsBool, matching, at));
        }
        _nesting--;
        return left;
    }

    /// <summary>A sign binds weaker than <c>^</c> and stronger than every other operator; before a number it is part of it.</summary>
    Expr Prefix()
    {
        if (!_current.IsOperator("-") && !_current.IsOperator("+"))
            return Postfix(Primary());
        var sign = Advance();
        bool negates = sign.Text == "-";
        var operand = Expression(BinaryOperators.PowerBinding);
        return operand is NumberLiteral number
            ? new NumberLiteral(negates ? -number.Value : number.Value, sign.At)
            : Grown(new Unary(negates, operand, sign.At));
    }

    Expr Primary()
    {
        var token = _current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Advance();
                return new NumberLiteral(token.Number, token.At);
            case TokenKind.Duration:
                Advance();
                return new NumberLiteral(token.Number / 1000, token.At);
            case TokenKind.String:
                Advance();
                return new StringLiteral(token.Text, token.At);
            case TokenKind.LeftParen:
                Advance();
                var inner = Expression(0);
                Take(TokenKind.RightParen, "an operator or ')'");
                return Grown(new Paren(inner, token.At));
            case TokenKind.LeftBrace:
                return Selector(name: null, token.At);
            case TokenKind.Identifier:
                return Word();
            default:
                throw Unexpected("a number, a string, a selector, a function or '('");
        }
    }

    Expr Word()
    {
        var word = _current;
        if (word.IsWord("inf") || word.IsWord("nan"))
        {
            Advance();
            return new NumberLiteral(word.IsWord("inf") ? double.PositiveInfinity : double.NaN, word.At);
        }
        bool called = _next.Kind == TokenKind.LeftParen;
        if (called || _next.IsWord("by") || _next.IsWord("without"))
        {
            if (AggregatorTable.Unsupported.Contains(word.Text))
                throw PromQLException.Unsupported(word.At, $"the aggregation {word.Text}()");
            if (AggregatorTable.TryGet(word.Text, out var aggregator))
                return Aggregation(aggregator);
        }
        if (called)
            return Call();
        if (word.IsWord("bool") || word.IsWord("on") || word.IsWord("ignoring") || word.IsWord("group_left") || word.IsWord("group_right")
            || word.IsWord("atan2"))
            throw Unexpected("an expression");
        Advance();
        return Selector(word.Text, word.At);
    }

    Aggregation Aggregation(Aggregator aggregator)
    {
        var at = Advance().At;
        var grouping = GroupingClause();
        var arguments = Arguments();
        grouping ??= GroupingClause() ?? Grouping.None;
        int expected = aggregator.Parameter is null ? 1 : 2;
        if (arguments.Count != expected)
        {
            string counted = expected == 1 ? "1 argument" : "2 arguments";
            throw PromQLException.Type(at, $"{aggregator.Name} takes {counted}, found {arguments.Count}");
        }
        return Grown(new Aggregation(aggregator.Name, expected == 2 ? arguments[0] : null, arguments[^1], grouping, at));
    }

    Call Call()
    {
        var name = Advance();
        if (FunctionTable.Unsupported.Contains(name.Text))
            throw PromQLException.Unsupported(name.At, $"the function {name.Text}()");
        if (!FunctionTable.TryGet(name.Text, out _))
            throw PromQLException.Type(name.At, $"unknown function '{name.Text}'");
        return Grown(new Call(name.Text, Arguments(), name.At));
    }

    List<Expr> Arguments()
    {
        Take(TokenKind.LeftParen, "'('");
        var arguments = new List<Expr>();
        if (_current.Kind != TokenKind.RightParen)
        {
            do
                arguments.Add(Expression(0));
            while (TakeIf(TokenKind.Comma));
        }
        Take(TokenKind.RightParen, "',' or ')'");
        return arguments;
    }

    static T Grown<T>(T expr) where T : Expr => expr.Depth <= MaxDepth
        ? expr
        : throw PromQLException.Bad(expr.At, $"the query has more than {MaxDepth} levels of operators");

    Token Advance()
    {
        var taken = _current;
        _current = _next;
        if (_current.Kind == TokenKind.Bad)
            throw PromQLException.Bad(_current.At, _current.Text);
        _next = _lexer.Next();
        return taken;
    }

    Token Take(TokenKind kind, string expected) => _current.Kind == kind ? Advance() : throw Unexpected(expected);

    bool TakeIf(TokenKind kind)
    {
        bool found = _current.Kind == kind;
        if (found)
            Advance();
        return found;
    }

    bool TakeWord(string word)
    {
        bool found = _current.IsWord(word);
        if (found)
            Advance();
        return found;
    }

    PromQLException Unexpected(string expected) => PromQLException.Syntax(_current.At, expected, _current.Described);
}
