using System.CommandLine;

namespace Vigie.Hub.Commands;

/// <summary>Only for the list of commands: <see cref="HubProgram"/> hands the call to the agent's own command line.</summary>
sealed class AgentCommand() : CliCommand("agent", "Run the probe of a server and send to a hub; `vigie agent --help` lists its options.")
{
    protected override void Configure(Command command) => command.TreatUnmatchedTokensAsErrors = false;
}
