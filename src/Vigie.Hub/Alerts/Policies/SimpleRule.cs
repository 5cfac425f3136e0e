using System.Globalization;
using DotLiquid;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Charts;
using Vigie.Hub.Sources;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>
/// A rule as people write it: a headline (or PromQL), from where on it warns and is critical, and for which hosts. Two severities are two
/// rules to the engine, of which the milder one keeps still while the other fires.
/// </summary>
static class SimpleRule
{
    static readonly string[] Keys =
        ["name", "headline", "expr", "warning", "critical", "for", "keep", "hosts", "title", "unit", "chart", "annotations"];

    sealed record Headline(string Expression, ChartUnit Unit, string? Chart, string Title);

    /// <summary>What needs no PromQL. The words are those of the fleet's table.</summary>
    static readonly Dictionary<string, Headline> Headlines = new(StringComparer.Ordinal)
    {
        ["cpu"] = new(HeadlineCatalog.CpuLasting, ChartUnit.Percent, "cpu", "The CPU is busy"),
        ["memory"] = new(HeadlineCatalog.Memory, ChartUnit.Percent, "memory", "The memory is running low"),
        ["swap"] = new(HeadlineCatalog.Swap, ChartUnit.Percent, null, "The swap space is in use"),
        ["disk"] = new(HeadlineCatalog.Disks, ChartUnit.Percent, "filesystem", "A disk is filling up"),
        ["inodes"] = new(HeadlineCatalog.Inodes, ChartUnit.Percent, null, "A disk has little room for more files"),
        ["load"] = new(DefaultRules.LoadPerCore, ChartUnit.Number, null, "More work waits than the processors can do"),
        ["users"] = new(HeadlineCatalog.Users, ChartUnit.Count, null, "Many people are logged in"),
    };

    public static IReadOnlyList<string> HeadlineNames { get; } = [.. Headlines.Keys];

    public static IReadOnlyList<string> HeadlineTitles { get; } = [.. Headlines.Values.Select(h => h.Title)];

    public static IReadOnlyList<Rule> Read(string name, YamlNode node, RuleErrors errors)
    {
        var fields = new YamlFields(node, "a rule", errors, Keys);
        if (name.Contains('/', StringComparison.Ordinal))
            errors.Add(fields.Place("name"), "a name has no slash: that is how imported rules are called");
        var headline = Source(node, fields, errors);
        var warning = Level(fields, "warning", errors);
        var critical = Level(fields, "critical", errors);
        if (warning is null && critical is null && !fields.Has("warning") && !fields.Has("critical"))
            errors.Add(node, "say from where on: warning: 80%, critical: 95%, or both; with {at: 80%, clear: 75%} it ends only below 75 %");
        if (warning?.At >= critical?.At)
            errors.Add(fields.Place("critical"), "critical must be more than warning; a rule is about what is too much, so turn the expression round");
        if (headline is null)
            return [];
        foreach (var (key, text) in fields.Texts("annotations"))
            CheckTemplate(key, text, fields, errors);
        var common = new Rule(name, headline.Expression, null, fields.Duration("for") ?? TimeSpan.Zero, Severity.Warning,
            fields.Text("title") is { Length: > 0 } title ? title : headline.Title, headline.Unit, headline.Chart)
        {
            KeepFiringFor = fields.Duration("keep") ?? TimeSpan.Zero,
            Annotations = fields.Texts("annotations"),
            Hosts = fields.Names("hosts"),
        };
        bool both = warning is not null && critical is not null;
        var rules = new List<Rule>();
        if (critical is { } worst)
            rules.Add(common with { Name = both ? name + "-critical" : name, Severity = Severity.Critical, Threshold = worst.At, Clear = worst.Clear });
        if (warning is { } mild)
            rules.Add(common with
            {
                Name = both ? name + "-warning" : name,
                Threshold = mild.At,
                Clear = mild.Clear,
                MutedBy = both ? name + "-critical" : null,
            });
        return rules;
    }

    static Headline? Source(YamlNode node, YamlFields fields, RuleErrors errors)
    {
        string? word = fields.Text("headline"), expression = fields.Text("expr")?.Trim();
        if (word is { Length: > 0 } == expression is { Length: > 0 })
        {
            errors.Add(node, $"a rule has either a headline ({string.Join(", ", HeadlineNames)}) or expr, a question in PromQL");
            return null;
        }
        ChartUnit? unit = null;
        if (fields.Text("unit") is { Length: > 0 } given)
            unit = Enum.TryParse<ChartUnit>(given, ignoreCase: true, out var known) ? known
                : Wrong<ChartUnit?>(errors, fields.Place("unit"), $"unit is \"{given}\"; it is one of {string.Join(", ", Enum.GetNames<ChartUnit>())}", null);
        string? chart = fields.Text("chart");
        if (chart is { Length: > 0 } && ChartCatalog.Find(chart) is null)
            errors.Add(fields.Place("chart"), $"there is no chart \"{chart}\"");
        if (word is { Length: > 0 })
            return Headlines.TryGetValue(word, out var headline) ? headline
                : Wrong<Headline?>(errors, fields.Place("headline"), $"there is no headline \"{word}\"; they are {string.Join(", ", HeadlineNames)}", null);
        RuleReader.Check(expression!, fields.Place("expr"), errors);
        return new(expression!, unit ?? ChartUnit.Number, chart is { Length: > 0 } ? chart : null, fields.Text("name") ?? "");
    }

    /// <summary>A threshold: a number, a percentage, or a mapping of <c>at</c> and <c>clear</c>.</summary>
    static (double At, double? Clear)? Level(YamlFields fields, string field, RuleErrors errors)
    {
        if (!fields.Has(field))
            return null;
        var place = fields.Place(field);
        if (place is YamlScalarNode { Value: { } text })
            return Number(text) is { } at ? (at, null)
                : Wrong<(double, double?)?>(errors, place, $"{field} is \"{text}\"; write a number or a percentage", null);
        var level = new YamlFields(place, field, errors, "at", "clear");
        double? from = Number(level.Text("at") ?? ""), clear = Number(level.Text("clear") ?? "");
        if (from is null)
            return Wrong<(double, double?)?>(errors, place, $"{field} needs at: a number or a percentage", null);
        if ((level.Has("clear") && clear is null) || clear > from)
            errors.Add(level.Place("clear"), "clear is a number or a percentage, not more than at");
        return (from.Value, clear);
    }

    static double? Number(string text)
    {
        bool isShare = text.EndsWith('%');
        return double.TryParse(isShare ? text[..^1].Trim() : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number) ? isShare ? number / 100 : number : null;
    }

    static void CheckTemplate(string key, string text, YamlFields fields, RuleErrors errors)
    {
        try
        {
            Template.Parse(text);
        }
        catch (DotLiquid.Exceptions.LiquidException e)
        {
            errors.Add(fields.Place("annotations"), $"the annotation {key} is no Liquid: {e.Message}");
        }
    }

    static T Wrong<T>(RuleErrors errors, YamlNode place, string reason, T value)
    {
        errors.Add(place, reason);
        return value;
    }
}
