using System.CommandLine;
using Vigie.Hub.Checks;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Commands;

sealed class ChecksCommand() : CliCommand("checks", "List what the checks of all hosts have found last, or of one.")
{
    readonly Argument<string?> _host = new("HOST") { Description = "The host; all when it is left out.", Arity = ArgumentArity.ZeroOrOne };

    sealed record Row(string Host, string Check, string Kind, string State, DateTimeOffset Since, DateTimeOffset Run, string Text, string Details);

    protected override void Configure(Command command)
    {
        command.Add(_host);
        Act(command, (call, _) =>
        {
            var hosts = call.Get<HostDirectory>();
            if (call.Value(_host) is { } wanted && hosts.Find(wanted) is null)
                throw new CommandException($"the host \"{wanted}\" is not known; `vigie hosts` lists them");
            var reported = call.Get<ReportedChecks>();
            var now = call.Time.GetUtcNow();
            var rows =
                from host in hosts.All
                where call.Value(_host) is not { } one || host.Name == one
                from check in reported.Of(host.Name)
                select new Row(host.Name, check.Name, check.Kind, CheckWords.State(check.State), CheckWords.Time(check.Since), CheckWords.Time(check.Run),
                    check.Text, check.Details);
            call.Table([.. rows], "No check has been reported.", ("Host", r => r.Host), ("Check", r => r.Check), ("State", r => r.State),
                ("Since", r => Texts.English.Duration(now - r.Since)), ("Last run", r => Texts.English.Duration(now - r.Run) + " ago"), ("Text", r => r.Text));
            return Task.CompletedTask;
        });
    }
}
