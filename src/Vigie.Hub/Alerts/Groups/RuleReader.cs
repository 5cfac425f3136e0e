using Vigie.PromQL;
using Vigie.PromQL.Ast;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>Reads one rule of a group.</summary>
static class RuleReader
{
    static readonly string[] AlertKeys = ["alert", "expr", "for", "keep_firing_for", "labels", "annotations"];
    static readonly string[] RecordKeys = ["record", "expr", "labels"];

    public static GroupRule Read(YamlNode node, RuleErrors errors)
    {
        bool isAlert = YamlFields.Has(node, "alert"), isRecord = YamlFields.Has(node, "record");
        if (isAlert == isRecord)
            errors.Add(node, isAlert ? "a rule has either alert or record" : "a rule needs alert or record");
        var fields = new YamlFields(node, "a rule", errors, isAlert ? AlertKeys : RecordKeys);
        string name = fields.Required(isAlert ? "alert" : "record");
        if (isRecord && !IsMetric(name))
            errors.Add(fields.Place("record"), $"\"{name}\" is no name of a metric");
        string expression = fields.Required("expr").Trim();
        Check(expression, fields.Place("expr"), errors);
        var labels = fields.Texts("labels");
        foreach (string label in labels.Keys.Where(l => l is "__name__" or "" || (isAlert && l == "alertname")))
            errors.Add(fields.Place("labels"), $"a rule can't set the label \"{label}\"");
        return new(isAlert, name, expression, fields.Duration("for") ?? TimeSpan.Zero, fields.Duration("keep_firing_for") ?? TimeSpan.Zero,
            labels, fields.Texts("annotations"));
    }

    /// <summary>Notes what is wrong with a rule's question.</summary>
    public static void Check(string expression, YamlNode place, RuleErrors errors)
    {
        if (expression.Length == 0)
            return;
        try
        {
            if (Expr.Parse(expression).Kind is not (ValueKind.Scalar or ValueKind.InstantVector))
                errors.Add(place, "expr must have one value for each series, not a range or a string");
        }
        catch (PromQLException e)
        {
            errors.Add(place, $"expr: {e.Message}");
        }
    }

    static bool IsMetric(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':');
}
