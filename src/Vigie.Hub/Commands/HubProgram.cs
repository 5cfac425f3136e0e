using System.CommandLine;
using System.Globalization;
using Vigie.Agent;

namespace Vigie.Hub.Commands;

static class HubProgram
{
    static Task<int> Main(string[] args)
    {
        // Both are read when the first socket is made. A request is taken in the thread that has read it: handing each of the many
        // small requests of agents to another thread cost more than all that is done for it. And half of the processors read
        // sockets, where the framework would take all: with fewer threads more requests are found at once and fewer are woken.
        Prefer("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Prefer("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", Math.Max(1, Environment.ProcessorCount / 2).ToString(CultureInfo.InvariantCulture));
        // The agent has a command line of its own, the same as vigie-agent's.
        if (args is ["agent", .. var rest])
            return Task.FromResult(AgentProgram.Main(rest));
        NativeMemory.Bound();
        return Root().Parse(args).InvokeAsync();
    }

    /// <summary>What the environment says already stays.</summary>
    static void Prefer(string variable, string value)
    {
        if (Environment.GetEnvironmentVariable(variable) is null)
            Environment.SetEnvironmentVariable(variable, value);
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
