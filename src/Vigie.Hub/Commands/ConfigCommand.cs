using System.CommandLine;
using Vigie.Hub.Alerts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

sealed class ConfigCommand() : CliCommand("config", "Check config.json and template.txt, or print the schema of config.json.")
{
    protected override void Configure(Command command)
    {
        var check = new Command("check", "Tell everything that is wrong with config.json and template.txt.");
        Act(check, (call, _) =>
        {
            if (!File.Exists(call.Folder.Config))
                throw new CommandException($"{call.Folder.Config} does not exist; `vigie init` makes it");
            call.Options();
            foreach (string language in (string[])["en", "fr"])
                MailTemplate.Of(call.Folder, language);
            call.Print(new { valid = true }, $"{call.Folder.Config} and {call.Folder.Template} are valid.");
            return Task.CompletedTask;
        });
        command.Add(check);
        var schema = new Command("schema", "Print the JSON schema of config.json.");
        Act(schema, (call, _) =>
        {
            call.Line(ConfigFile.Schema());
            return Task.CompletedTask;
        });
        command.Add(schema);
    }
}
