using System.CommandLine;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Alerts.Reports;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

sealed class ReportCommand() : CliCommand("report", "Print the report of the last days: availability, incidents, forecasts.")
{
    protected override void Configure(Command command)
    {
        var range = new Option<string>("--range") { Description = "How far back.", HelpName = "TIME", DefaultValueFactory = _ => "7d" };
        command.Add(range);
        Act(command, async (call, ct) =>
        {
            if (!Quantities.TryDuration(call.Value(range)!, out var span) || span < TimeSpan.FromHours(1))
                throw new CommandException($"--range is \"{call.Value(range)}\"; write a duration from 1h on, such as 7d");
            var message = await call.Get<ReportComposer>().ComposeAsync(call.Time.GetUtcNow(), span, call.Get<MessageStyles>().Default, ct);
            call.Print(new { message.Subject, message.Text }, CliText(message.Text));
        });
    }

    static string CliText(string text) => string.Join('\n', text.Split('\n').Select(CliCall.Printable)).TrimEnd();
}
