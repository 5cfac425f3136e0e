namespace Vigie.PromQL.Ast;

public enum BinaryOperator
{
    Add, Subtract, Multiply, Divide, Modulo, Power, Atan2,
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
    And, Or, Unless,
}

/// <summary>The operators' spelling and binding, weakest first.</summary>
static class BinaryOperators
{
    public const int PowerBinding = 6;

    static readonly (BinaryOperator Operator, string Text, int Binding)[] Table =
    [
        (BinaryOperator.Or, "or", 1),
        (BinaryOperator.And, "and", 2),
        (BinaryOperator.Unless, "unless", 2),
        (BinaryOperator.Equal, "==", 3),
        (BinaryOperator.NotEqual, "!=", 3),
        (BinaryOperator.Less, "<", 3),
        (BinaryOperator.LessOrEqual, "<=", 3),
        (BinaryOperator.Greater, ">", 3),
        (BinaryOperator.GreaterOrEqual, ">=", 3),
        (BinaryOperator.Add, "+", 4),
        (BinaryOperator.Subtract, "-", 4),
        (BinaryOperator.Multiply, "*", 5),
        (BinaryOperator.Divide, "/", 5),
        (BinaryOperator.Modulo, "%", 5),
        (BinaryOperator.Atan2, "atan2", 5),
        (BinaryOperator.Power, "^", PowerBinding),
    ];

    static readonly Dictionary<string, (BinaryOperator Operator, string Text, int Binding)> ByText =
        Table.ToDictionary(o => o.Text, StringComparer.OrdinalIgnoreCase);

    static readonly Dictionary<BinaryOperator, string> Texts = Table.ToDictionary(o => o.Operator, o => o.Text);

    public static bool TryGet(string text, out BinaryOperator found, out int binding)
    {
        bool known = ByText.TryGetValue(text, out var entry);
        (found, binding) = (entry.Operator, entry.Binding);
        return known;
    }

    extension(BinaryOperator op)
    {
        public string Text => Texts[op];

        public bool IsComparison => op is >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual;

        public bool IsSet => op >= BinaryOperator.And;

        public bool IsArithmetic => op <= BinaryOperator.Atan2;
    }
}
