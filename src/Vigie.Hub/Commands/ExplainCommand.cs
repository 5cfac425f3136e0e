using System.CommandLine;
using System.Globalization;
using Vigie.Hub.Alerts.Explaining;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;

namespace Vigie.Hub.Commands;

sealed class ExplainCommand() : CliCommand("explain", "Say in sentences why messages were or weren't sent.")
{
    sealed record Row(long Alert, string Rule, string Host, string State, DateTimeOffset At, string Text);

    protected override void Configure(Command command)
    {
        var what = new Argument<string?>("WHAT")
        {
            Description = "An alert's number or a host's name; all when it is left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var since = new Option<string>("--since")
        {
            Description = "How far back, such as 2h or 7d.",
            HelpName = "SPAN",
            DefaultValueFactory = _ => "1d",
        };
        command.Add(what);
        command.Add(since);
        Act(command, (call, _) =>
        {
            if (!Quantities.TryDuration(call.Value(since)!, out var span))
                throw new CommandException($"--since is \"{call.Value(since)}\"; write a duration such as 2h or 7d");
            var stories = Stories(call, call.Value(what), call.Time.GetUtcNow() - span);
            if (call.IsJson)
                call.Table([.. stories.SelectMany(s => s.Lines.Select(l => new Row(s.Alert.Id, s.Alert.Rule, s.Alert.Host,
                    s.Alert.State.ToString().ToLowerInvariant(), l.At, l.Text)))], "");
            else
                Print(call, stories, $"Nothing was to be told: no alert{(call.Value(what) is { } host ? " of " + host : "")} in the last {call.Value(since)}.");
            return Task.CompletedTask;
        });
    }

    static IReadOnlyList<AlertStory> Stories(CliCall call, string? what, DateTimeOffset since)
    {
        var explanations = call.Get<Explanations>();
        if (what is null)
            return explanations.Since(since, null);
        if (call.Get<HostDirectory>().Find(what) is not null)
            return explanations.Since(since, what);
        if (long.TryParse(what, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            return [explanations.Of(id) ?? throw new CommandException($"there is no alert {id}; `vigie alerts` and `vigie alerts --past` list them")];
        throw new CommandException($"\"{what}\" is neither an alert's number nor a host; `vigie alerts` and `vigie hosts` list them");
    }

    static void Print(CliCall call, IReadOnlyList<AlertStory> stories, string nothing)
    {
        if (stories.Count == 0)
            call.Line(nothing);
        foreach (var (alert, lines) in stories)
        {
            call.Line(CliCall.Printable($"Alert {alert.Id}: {alert.Rule} {alert.Host} {alert.Subject}".TrimEnd()));
            foreach (var line in lines)
                call.Line(CliCall.Printable($"  {line.At:yyyy-MM-dd HH:mm:ss}Z  {line.Text}"));
        }
    }
}
