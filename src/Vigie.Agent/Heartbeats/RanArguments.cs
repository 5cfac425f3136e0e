using Vigie.Agent.Checks;

namespace Vigie.Agent.Heartbeats;

/// <summary>The command line of <c>vigie-agent ran</c>.</summary>
/// <param name="Troubles">Why the hub can't be told. The command runs all the same: it is worth more than the news of it.</param>
sealed record RanArguments(string Job, string? Every, IReadOnlyList<string> Command, AgentArguments Agent, IReadOnlyList<string> Troubles)
{
    public const string HelpText = """
        vigie-agent ran runs a command, such as one of cron's, and tells the hub how it went.

        Usage: vigie-agent ran JOB [--every TIME] [--hub URL] [--token-file FILE] -- COMMAND ...

          --every TIME       how often the job is to end well: 5m, 2h, 1d; the hub alerts
                             when it is late
          --hub URL          the hub's address, or the environment variable VIGIE_HUB
          --token-file FILE  a file that holds the token for writing, or the environment
                             variable VIGIE_TOKEN_FILE, or VIGIE_TOKEN for the token itself
          --pin KEY          the key that the hub must show, sha256/…, or VIGIE_PIN
          --name HOST        the name under which this host appears (its own)

        The command has this program's input and outputs, and its exit code becomes this
        program's: 127 when it can't be started. That the hub is away changes neither.
        """;

    /// <summary>Reads the command line; what is not understood goes to <paramref name="errors"/>, all at once.</summary>
    public static RanArguments Parse(IReadOnlyList<string> args, Func<string, string?> environment, List<string> errors)
    {
        int end = 0;
        while (end < args.Count && args[end] is not "--")
            end++;
        string job = end > 0 && !args[0].StartsWith('-') ? args[0] : "";
        var options = args.Take(end).Skip(job.Length > 0 ? 1 : 0).ToList();
        string? every = null;
        int at = options.FindIndex(o => o is "--every" || o.StartsWith("--every=", StringComparison.Ordinal));
        if (at >= 0)
        {
            bool apart = options[at] is "--every";
            every = !apart ? options[at]["--every=".Length..] : at + 1 < options.Count ? options[at + 1] : "";
            options.RemoveRange(at, apart && at + 1 < options.Count ? 2 : 1);
            if (!CheckArguments.TryTime(every, out _))
                errors.Add($"--every: \"{every}\" is no time; write it like 5m, 2h or 1d");
        }
        var agent = AgentArguments.Parse(options, null, errors);
        var known = agent.Options;
        known = known with { HubUrl = known.HubUrl ?? Given("VIGIE_HUB"), HubPin = known.HubPin ?? Given("VIGIE_PIN") };
        if (known is { Token: null, TokenFile: null })
            known = known with { TokenFile = Given("VIGIE_TOKEN_FILE"), Token = Given("VIGIE_TOKEN_FILE") is null ? Given("VIGIE_TOKEN") : null };
        agent = agent with { Options = known };
        var command = args.Skip(end + 1).ToArray();
        if (!agent.Help)
        {
            if (job.Length == 0)
                errors.Add("the job's name is missing; write it like: vigie-agent ran backup --every 1d -- /usr/local/bin/backup");
            if (command.Length == 0)
                errors.Add("the command is missing; write it behind --");
        }
        List<string> troubles = [.. known.Errors()];
        if (known.HubUrl is null)
            troubles.Add("--hub is missing; give the hub's address, or set VIGIE_HUB");
        return new(job, every, command, agent, troubles);

        string? Given(string name) => environment(name) is { Length: > 0 } value ? value : null;
    }
}
