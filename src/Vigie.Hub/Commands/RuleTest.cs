using System.CommandLine;
using System.Globalization;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Backtests;
using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;
using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Commands;

/// <summary><c>vigie rules test</c>: what a rule would have done over the stored history.</summary>
sealed class RuleTest : Command
{
    readonly Argument<string?> _name = new("RULE") { Description = "A rule in force; left out with --expr.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> _expr = new("--expr") { Description = "A question in PromQL instead.", HelpName = "PROMQL" };
    readonly Option<string?> _threshold = new("--threshold") { Description = "From where on it fires, such as 0.9 or 90%.", HelpName = "VALUE" };
    readonly Option<string?> _clear = new("--clear") { Description = "Below what it ends, once it fires.", HelpName = "VALUE" };
    readonly Option<string?> _for = new("--for") { Description = "How long it must hold, such as 5m.", HelpName = "TIME" };
    readonly Option<string?> _host = new("--host") { Description = "Only this host.", HelpName = "HOST" };
    readonly Option<string> _range = new("--range") { Description = "How far back.", HelpName = "TIME", DefaultValueFactory = _ => "7d" };

    sealed record Row(string Host, string Subject, DateTimeOffset From, DateTimeOffset? Until, double Worst);

    public RuleTest() : base("test", "Say when a rule would have fired over the stored history, and which threshold the history suggests.")
    {
        foreach (var part in new Symbol[] { _name, _expr, _threshold, _clear, _for, _host, _range })
            if (part is Argument argument)
                Add(argument);
            else
                Add((Option)part);
    }

    public async Task RunAsync(CliCall call, CancellationToken ct)
    {
        var rule = Rule(call);
        var to = call.Time.GetUtcNow();
        var from = to - Time("--range", call.Value(_range)!);
        BacktestResult result;
        try
        {
            result = await call.WithProgressAsync("Testing", progress => call.Get<Backtest>().RunAsync(rule, call.Value(_host), from, to, progress, ct));
        }
        catch (PromQLException e)
        {
            throw new CommandException(e.Message);
        }
        Print(call, result);
    }

    Rule Rule(CliCall call)
    {
        string? name = call.Value(_name), expression = call.Value(_expr);
        if (name is null == expression is null)
            throw new CommandException("name a rule (`vigie alerts --rules` lists them), or give a question by --expr");
        Rule rule;
        try
        {
            rule = name is not null
                ? call.Get<RuleSet>().Find(name) ?? throw new CommandException($"there is no rule \"{name}\"; `vigie alerts --rules` lists them")
                : new("test", expression!, null, TimeSpan.Zero, Severity.Warning, "test", ChartUnit.Number);
            if (rule.Parsed.Kind is not (ValueKind.Scalar or ValueKind.InstantVector))
                throw new CommandException("the question must have one value for each series, not a range or a string");
        }
        catch (PromQLException e)
        {
            throw new CommandException($"--expr: {e.Message}");
        }
        double? threshold = Number("--threshold", call.Value(_threshold));
        return rule with
        {
            Threshold = threshold ?? rule.Threshold,
            // The clear value of another threshold means nothing for this one.
            Clear = Number("--clear", call.Value(_clear)) ?? (threshold is null ? rule.Clear : null),
            For = call.Value(_for) is { } text ? Time("--for", text) : rule.For,
        };
    }

    static void Print(CliCall call, BacktestResult result)
    {
        if (call.IsJson)
        {
            call.Print(new
            {
                rule = result.Rule.Name,
                result.From,
                result.To,
                step = result.Step.TotalSeconds,
                times = result.Times,
                suggestedThreshold = result.Suggested,
                series = result.Series.Select(s => new
                {
                    labels = s.Labels.Span.ToArray().ToDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal),
                    firings = s.Firings.Select(f => new { f.From, f.Until, f.Worst }),
                    quantiles = s.Quantiles.ToDictionary(q => q.Quantile.ToString(CultureInfo.InvariantCulture), q => q.Value, StringComparer.Ordinal),
                }),
            }, "");
            return;
        }
        var (t, unit) = (Texts.English, result.Rule.Unit);
        int fired = result.Series.Count(s => s.Firings.Count > 0);
        call.Line($"{result.Rule.Name} would have fired {result.Times} time{(result.Times == 1 ? "" : "s")} in {t.Duration(result.To - result.From)}, "
            + $"for {fired} of {result.Series.Count} series.");
        Row[] rows = [.. result.Series.SelectMany(s => s.Firings.Select(f => new Row(s.Host, AlertText.Subject(s.Labels), f.From, f.Until, f.Worst)))
            .OrderBy(r => r.From)];
        if (rows.Length > 0)
            call.Table(rows, "", ("Host", r => r.Host), ("What", r => r.Subject), ("From", r => CliCall.Minute(r.From)),
                ("Until", r => r.Until is { } end ? CliCall.Minute(end) : "now"), ("Lasted", r => t.Duration((r.Until ?? result.To) - r.From)),
                ("Worst", r => AlertText.Value(r.Worst, unit, t)));
        if (result.Suggested is { } suggested)
            call.Line($"The history suggests a threshold of {AlertText.Value(suggested, unit, t)}: "
                + "a little above what is reached in one minute of a thousand.");
    }

    static TimeSpan Time(string option, string text) => Quantities.TryDuration(text, out var time) && time > TimeSpan.Zero ? time
        : throw new CommandException($"{option}: \"{text}\" is no time; write it like 5m or 7d");

    static double? Number(string option, string? text) => text is null ? null
        : double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? text.EndsWith('%') ? number / 100 : number
        : throw new CommandException($"{option}: \"{text}\" is no number; write it like 0.9 or 90%");
}
