using System.CommandLine;

namespace Vigie.Hub.Commands;

sealed class UpCommand() : CliCommand("up",
    "Start here: make the data folder when needed, run the hub with this machine's probe, and print a login link.")
{
    protected override void Configure(Command command)
    {
        command.Add(HubCommand.Urls);
        Act(command, async (call, ct) =>
        {
            InitCommand.Init(call.Folder, call.Time);
            await HubCommand.RunAsync(call, "up", withProbe: true, ct);
        });
    }
}
