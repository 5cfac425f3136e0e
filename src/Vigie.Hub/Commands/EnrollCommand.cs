using System.CommandLine;
using Vigie.Hub.Configuration;
using Vigie.Hub.Enrolment;

namespace Vigie.Hub.Commands;

sealed class EnrollCommand() : CliCommand("enroll", "Print the line that installs the agent on a new server.")
{
    static readonly Option<int> Uses = new("--uses")
    {
        Description = "On how many servers the line works.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    static readonly Option<string> For = new("--for")
    {
        Description = "For how long it works, such as 1h or 7d.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "1h",
    };

    static readonly Option<bool> Pin = new("--pin")
    {
        Description = "Put the key into the line that the hub shows at its address of https now: the new server believes no other.",
    };

    static readonly Option<bool> Revoke = new("--revoke-all")
    {
        Description = "End all lines that were printed and are still good. Servers that were added stay.",
    };

    protected override void Configure(Command command)
    {
        command.Add(Uses);
        command.Add(For);
        command.Add(Pin);
        command.Add(Revoke);
        Act(command, RunAsync);
    }

    static async Task RunAsync(CliCall call, CancellationToken ct)
    {
        var store = call.Get<EnrolmentStore>();
        if (call.Value(Revoke))
        {
            int ended = await store.RevokeAllAsync(ct);
            call.Print(new { revoked = ended }, $"{ended} ended.");
            return;
        }
        int uses = call.Value(Uses);
        if (uses is < 1 or > 10_000)
            throw new CommandException($"--uses: {uses} is out of range; give 1 to 10000");
        if (!Quantities.TryDuration(call.Value(For)!, out var life) || life < TimeSpan.FromMinutes(1) || life > TimeSpan.FromDays(90))
            throw new CommandException($"--for: \"{call.Value(For)}\" is no time from 1min to 90d; write it like 1h");
        string hub = call.Get<HubOptions>().PublicUrl();
        if (!InstallScript.IsAddress(hub))
            throw new CommandException($"Server:PublicUrl: \"{hub}\" is no address that a script can hold; set it to one like http://hub.example.org:5000");
        var agents = call.Get<AgentFiles>();
        if (AgentFiles.Names.All(name => agents.Find(name) is null))
            throw new CommandException($"the hub has no agent to hand out; {agents.Remedy}");
        string? pin = call.Value(Pin) ? await ShownKey.OfAsync(new(hub), ct) : null;
        string token = await store.CreateAsync(uses, life, ct), line = InstallScript.Line(hub, token, pin);
        string hint = new Uri(hub).IsLoopback
            ? $"\n\nOther servers do not reach {hub}: set Server:Urls (http://0.0.0.0:5000) and Server:PublicUrl in config.json." : "";
        call.Print(new { line, token, hub, uses, expires = call.Get<TimeProvider>().GetUtcNow() + life },
            $"Paste this on the new server; it works {(uses == 1 ? "once" : $"on {uses} servers")}, for {call.Value(For)}:\n\n  {line}{hint}");
    }
}
