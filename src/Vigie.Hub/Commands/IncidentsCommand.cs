using System.CommandLine;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Commands;

sealed class IncidentsCommand() : CliCommand("incidents", "What is wrong, as people are told of it: list, show, acknowledge.")
{
    sealed record Row(long Id, string Severity, string Title, int Alerts, DateTimeOffset Opened, DateTimeOffset? Ended, int Messages, string AcknowledgedBy);

    protected override void Configure(Command command)
    {
        command.Add(List());
        command.Add(Show());
        command.Add(Acknowledge());
        command.Add(Withdraw());
        command.Add(AddNote());
    }

    static Command List()
    {
        var past = new Option<bool>("--past") { Description = "Those that have ended, newest first." };
        var list = new Command("list", "List the incidents that are open.") { past };
        Act(list, (call, _) =>
        {
            var store = call.Get<IncidentStore>();
            var words = call.Get<IncidentWords>();
            call.Table([.. (call.Value(past) ? store.Past(200) : store.Open()).Select(i =>
            {
                var members = words.Members(i);
                return new Row(i.Id, i.Severity, words.Title(i, members, Texts.English), members.Count(m => m.State == AlertState.Firing), i.Opened,
                    i.Ended, i.Messages, i.IsAcknowledged(call.Time.GetUtcNow()) ? i.Acknowledged!.By : "");
            })], "No incident.", ("No.", r => $"{r.Id}"), ("Severity", r => r.Severity), ("Incident", r => r.Title), ("Alerts", r => $"{r.Alerts}"),
                ("Since", r => CliCall.Minute(r.Opened)), ("Until", r => r.Ended is { } ended ? CliCall.Minute(ended) : ""), ("Messages", r => $"{r.Messages}"),
                ("Acknowledged by", r => r.AcknowledgedBy));
            return Task.CompletedTask;
        });
        return list;
    }

    static Command Show()
    {
        var number = Number();
        var show = new Command("show", "Say what has happened to an incident, and what was done.") { number };
        Act(show, (call, _) =>
        {
            long id = call.Value(number);
            var incident = call.Get<IncidentStore>().Find(id)
                ?? throw new CommandException($"there is no incident {id}; `vigie incidents list` lists them");
            var history = call.Get<IncidentStore>().History(id);
            if (!call.IsJson)
                call.Line(CliCall.Printable($"Incident {id}: {call.Get<IncidentWords>().Title(incident, Texts.English)}"));
            call.Table([.. history], "Nothing was noted.", ("At", e => CliCall.Minute(e.At)),
                ("What", e => e.Kind.ToString().ToLowerInvariant()), ("By", e => e.By),
                ("", e => e.Text));
            return Task.CompletedTask;
        });
        return show;
    }

    static Command Acknowledge()
    {
        var number = Number();
        var note = Note("What you do about it.");
        var length = new Option<string?>("--for")
        {
            Description = "Remind again after so long, such as 4h; never if left out.",
            HelpName = "TIME",
        };
        var acknowledge = new Command("ack", "Say that you know of an incident: it is not repeated.") { number, note, length };
        Act(acknowledge, (call, ct) => ChangeAsync(call, call.Value(number), store => store.AcknowledgeAsync(call.Value(number), Environment.UserName,
            call.Value(note)!, call.Value(length) is { } text ? CliCall.Duration("--for", text, "4h") : null, ct), "is acknowledged"));
        return acknowledge;
    }

    static Command Withdraw()
    {
        var number = Number();
        var withdraw = new Command("unack", "Take an acknowledgement back: it is repeated again.") { number };
        Act(withdraw, (call, ct) => ChangeAsync(call, call.Value(number), store => store.WithdrawAsync(call.Value(number), Environment.UserName, ct),
            "is not acknowledged any more"));
        return withdraw;
    }

    static Command AddNote()
    {
        var number = Number();
        var text = new Argument<string>("TEXT") { Description = "The note." };
        var add = new Command("note", "Add a note to an incident, for whoever comes next.") { number, text };
        Act(add, (call, ct) => ChangeAsync(call, call.Value(number), store => store.NoteAsync(call.Value(number), Environment.UserName, call.Value(text)!, ct),
            "has the note"));
        return add;
    }

    static async Task ChangeAsync(CliCall call, long id, Func<IncidentStore, Task<bool>> change, string done)
    {
        try
        {
            if (!await change(call.Get<IncidentStore>()))
                throw new CommandException($"there is no incident {id} for that; `vigie incidents list` lists those that are open");
        }
        catch (ArgumentException e)
        {
            throw new CommandException(e.Message);
        }
        call.Print(new { incident = id }, $"Incident {id} {done}.");
    }

    static Argument<long> Number() => new("NUMBER") { Description = "As `vigie incidents list` shows it." };

    static Option<string> Note(string help) => new("--note") { Description = help, HelpName = "TEXT", DefaultValueFactory = _ => "" };
}
