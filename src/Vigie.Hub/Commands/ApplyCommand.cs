using System.CommandLine;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

sealed class ApplyCommand() : CliCommand("apply", "Put a policy in force: tags, rules, routes, maintenance windows, rotas. `vigie export policy` prints it.")
{
    const long Largest = 1 << 20;

    readonly Option<string> _file = new("--file", "-f")
    {
        Description = "The policy, in YAML; docs/policy.md describes it.",
        HelpName = "FILE",
        Required = true,
    };

    readonly Option<bool> _dry = new("--dry-run") { Description = "Only say what would change." };

    sealed record Row(string Change, string Section, string Name);

    protected override void Configure(Command command)
    {
        command.Add(_file);
        command.Add(_dry);
        Act(command, async (call, ct) =>
        {
            string text = Read(call.Value(_file)!);
            string[] channels = [.. call.Get<ChannelSet>().Configured.Select(c => c.Name)];
            var policy = new PolicyFile(call.Get<HubOptions>().Server.TimeZone).Parse(text, call.Value(_file)!, channels);
            var set = call.Get<PolicySet>();
            var changes = PolicyChange.Between(set.Current, policy);
            bool isSame = call.Get<PolicyStore>().Current()?.Text == text;
            if (!call.Value(_dry) && !isSame)
                await call.Get<PolicyStore>().PutAsync(text, Environment.UserName, ct);
            call.Table([.. changes.Select(c => new Row(c.Sign, c.Section, c.Name))], "", ("", r => r.Change), ("Section", r => r.Section),
                ("Name", r => r.Name));
            if (!call.IsJson)
                call.Line(changes.Count == 0 ? "Nothing changes." : call.Value(_dry) ? "Nothing was changed: this was a dry run."
                    : "Applied; a running hub follows within seconds.");
        });
    }

    static string Read(string file)
    {
        var info = new FileInfo(file);
        if (!info.Exists)
            throw new CommandException($"{file} does not exist");
        if (info.Length > Largest)
            throw new CommandException($"{file} is larger than 1 MiB, which no policy is");
        return File.ReadAllText(file);
    }
}
