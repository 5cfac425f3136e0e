using System.CommandLine;
using Vigie.Hub.Alerts.Silences;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

sealed class SilenceCommand() : CliCommand("silence", "Hold back the messages of certain alerts for a while: list, add, end.")
{
    sealed record Row(long Id, string Host, string Rule, DateTimeOffset From, DateTimeOffset Until, string By, string Note);

    protected override void Configure(Command command)
    {
        command.Add(List());
        command.Add(Add());
        command.Add(End());
    }

    static Command List()
    {
        var list = new Command("list", "List the silences that stand, and those that will.");
        Act(list, (call, _) =>
        {
            var rows = call.Get<SilenceStore>().Standing().Select(s => new Row(s.Id, s.Host, s.Rule, s.From, s.Over, s.By, s.Note)).ToArray();
            call.Table(rows, "There is no silence.", ("No.", r => $"{r.Id}"), ("Hosts", r => r.Host), ("Rules", r => r.Rule),
                ("From", r => CliCall.Minute(r.From)), ("Until", r => CliCall.Minute(r.Until)), ("By", r => r.By), ("Note", r => r.Note));
            return Task.CompletedTask;
        });
        return list;
    }

    static Command Add()
    {
        var host = new Option<string>("--host")
        {
            Description = "Which hosts; * stands for any text, tag:NAME for the hosts of a tag.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "*",
        };
        var rule = new Option<string>("--rule") { Description = "Which rules; * stands for any text.", HelpName = "NAME", DefaultValueFactory = _ => "*" };
        var length = new Option<string>("--for") { Description = "How long, such as 2h or 3d.", HelpName = "TIME", DefaultValueFactory = _ => "2h" };
        var after = new Option<string?>("--in") { Description = "Begin so much later, such as 8h; at once if left out.", HelpName = "TIME" };
        var note = new Option<string>("--note") { Description = "Why, for those who wonder.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var add = new Command("add", "Hold back the messages of alerts; what still fires at the end is told then.") { host, rule, length, after, note };
        Act(add, async (call, ct) =>
        {
            var begin = call.Get<TimeProvider>().GetUtcNow() + (call.Value(after) is { } text ? CliCall.Duration("--in", text, "2h") : TimeSpan.Zero);
            long id;
            try
            {
                id = await call.Get<SilenceStore>().AddAsync(call.Value(host)!, call.Value(rule)!, begin, CliCall.Duration("--for", call.Value(length)!, "2h"),
                    Environment.UserName, call.Value(note)!, ct);
            }
            catch (ArgumentException e)
            {
                throw new CommandException(e.Message);
            }
            call.Print(new { id }, $"Silence {id} stands; `vigie silence end {id}` ends it.");
        });
        return add;
    }

    static Command End()
    {
        var number = new Argument<long>("NUMBER") { Description = "As `vigie silence list` shows it." };
        var end = new Command("end", "End a silence before its time.") { number };
        Act(end, async (call, ct) =>
        {
            long id = call.Value(number);
            if (!await call.Get<SilenceStore>().EndAsync(id, Environment.UserName, ct))
                throw new CommandException($"there is no silence {id} that stands; `vigie silence list` lists them");
            call.Print(new { ended = id }, $"Silence {id} has ended.");
        });
        return end;
    }
}
