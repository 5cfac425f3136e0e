using System.CommandLine;
using Vigie.Agent;

namespace Vigie.Hub.Commands;

static class HubProgram
{
    static Task<int> Main(string[] args)
    {
        // Read when the first socket is made: a request is then taken in the thread that has read it. Handing each of the many
        // small requests of agents to another thread cost more than all that is done for it.
        const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
        if (Environment.GetEnvironmentVariable(Inline) is null)
            Environment.SetEnvironmentVariable(Inline, "1");
        // The agent has a command line of its own, the same as vigie-agent's.
        if (args is ["agent", .. var rest])
            return AgentProgram.Main(rest);
        NativeMemory.Bound();
        return Root().Parse(args).InvokeAsync();
    }

    internal static RootCommand Root()
    {
        const string About = "Vigie watches a fleet of servers: probes, history, alerts by mail, charts and security advisories.";
        var root = new RootCommand(About) { CliCommand.Data, CliCommand.Json };
        foreach (var command in Find().OrderBy(c => c.Name, StringComparer.Ordinal))
            root.Add(command.Build());
        return root;
    }

    /// <summary>A command is one file: it is found, not listed.</summary>
    internal static IEnumerable<CliCommand> Find() => typeof(HubProgram).Assembly.GetTypes()
        .Where(t => t.IsSubclassOf(typeof(CliCommand)) && !t.IsAbstract)
        .Select(t => (CliCommand)Activator.CreateInstance(t)!);
}
