using System.Globalization;
using Vigie.Agent.Checks;

namespace Vigie.Agent;

/// <summary>The command line of <c>vigie-agent</c>.</summary>
sealed record AgentArguments(AgentOptions Options, bool Once, bool Print, bool PrintName, bool PrintInventory, bool Help, bool Version)
{
    public const string HelpText = """
        vigie-agent measures this host and sends the samples to a Vigie hub.

        Usage: vigie-agent --hub URL --token-file FILE [options]
               vigie-agent ran JOB --every TIME -- COMMAND    (vigie-agent ran --help)

          --hub URL          the hub's address, like http://hub.example.org:5000
          --pin KEY          the key that the hub must show, sha256/… (any that this host trusts)
          --token-file FILE  a file that holds the token for writing
          --token TOKEN      the token itself; others on this host can read it, so prefer
                             the file, or the environment variable VIGIE_TOKEN
          --interval TIME    time between two rounds, 1s to 5m (15s)
          --timeout TIME     time one probe may take, less than the interval (10s)
          --name HOST        the name under which this host appears (its own)
          --probes-dir DIR   folder of your own probes, executable files (none)
          --checks FILE      file of your checks: plugins of Nagios, local checks of Checkmk,
                             web pages, ports, ping, DNS (none); see docs/checks.md
          --disable NAMES    probes not to run, separated by commas
          --per-core         report each processor, too, and not only all together
          --hide-users       send other words in the place of users' names, and not from where they came
          --root DIR         where this host's /proc, /sys, /run, … are (/)
          --metrics ADDRESS  answer /metrics in node_exporter's names, on this host alone:
                             127.0.0.1:9100 or unix:/run/vigie-agent/metrics.sock (nowhere)
          --spool DIR        where samples are kept while the hub is away, or none for in memory
                             ($STATE_DIRECTORY, or ~/.local/state/vigie-agent)
          --spool-size SIZE  how much is kept there, 1M to 1G (32M)
          --keep TIME        how long samples are kept while the hub is away, 1m to 7d (24h)
          --once             one round, then end
          --print            print what would be sent, and send nothing
          --print-name       print the name under which this host would appear
          --print-inventory  print what this host is made of, packages above all, as JSON
          --help             this text
          --version          the version

        The agent takes no orders, and listens on nothing but what --metrics names. SIGTERM ends it after the last
        samples were sent.
        """;

    /// <summary>Reads the command line; what is not understood goes to <paramref name="errors"/>, all at once.</summary>
    public static AgentArguments Parse(IReadOnlyList<string> args, string? tokenFromEnvironment, List<string> errors)
    {
        var read = new AgentArguments(new(), Once: false, Print: false, PrintName: false, PrintInventory: false, Help: false, Version: false);
        for (int i = 0; i < args.Count; i++)
        {
            int equals = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i].IndexOf('=', StringComparison.Ordinal) : -1;
            string name = equals < 0 ? args[i] : args[i][..equals];
            switch (name)
            {
                case "--once": read = read with { Once = true }; continue;
                case "--per-core": read = read with { Options = read.Options with { PerCore = true } }; continue;
                case "--hide-users": read = read with { Options = read.Options with { HideUsers = true } }; continue;
                case "--print": read = read with { Print = true }; continue;
                case "--print-name": read = read with { PrintName = true }; continue;
                case "--print-inventory": read = read with { PrintInventory = true }; continue;
                case "--help" or "-h": read = read with { Help = true }; continue;
                case "--version": read = read with { Version = true }; continue;
            }
            if (!TakesValue(name))
                errors.Add($"{name} is not known; vigie-agent --help lists what is");
            else if (equals >= 0 || i + 1 < args.Count)
                read = read with { Options = With(read.Options, name, equals >= 0 ? args[i][(equals + 1)..] : args[++i], errors) };
            else
                errors.Add($"{name} needs a value behind it");
        }
        return read.Options.Token is null && read.Options.TokenFile is null && tokenFromEnvironment is { Length: > 0 }
            ? read with { Options = read.Options with { Token = tokenFromEnvironment } }
            : read;
    }

    static bool TakesValue(string name) =>
        name is "--hub" or "--pin" or "--token" or "--token-file" or "--interval" or "--timeout" or "--name" or "--probes-dir"
        or "--checks" or "--metrics" or "--disable" or "--root" or "--spool" or "--spool-size" or "--keep";

    static AgentOptions With(AgentOptions options, string name, string value, List<string> errors) => name switch
    {
        "--hub" => options with { HubUrl = value },
        "--pin" => options with { HubPin = value },
        "--token" => options with { Token = value },
        "--token-file" => options with { TokenFile = value },
        "--interval" => options with { Interval = Time(name, value, errors) ?? options.Interval },
        "--timeout" => options with { ProbeTimeout = Time(name, value, errors) },
        "--name" => options with { HostName = value },
        "--probes-dir" => options with { ProbesDir = value },
        "--metrics" => options with { Metrics = value },
        "--checks" => options with { ChecksFile = value },
        "--disable" =>
            options with { DisabledProbes = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) },
        "--spool" => options with { SpoolDir = value },
        "--spool-size" => options with { SpoolBytes = Size(name, value, errors) ?? options.SpoolBytes },
        "--keep" => options with { QueueAge = Time(name, value, errors) ?? options.QueueAge },
        _ => options with { Root = value },
    };

    // 32M, 1G, 500K, 33554432
    static long? Size(string name, string value, List<string> errors)
    {
        long factor = value is [.., var unit] ? unit switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 } : 1;
        if (long.TryParse(factor == 1 ? value : value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < 1L << 32)
            return number * factor;
        errors.Add($"{name}: \"{value}\" is no size; write it like 32M");
        return null;
    }

    // 15, 15s, 500ms, 5m, 24h, 7d
    static TimeSpan? Time(string name, string value, List<string> errors)
    {
        if (CheckArguments.TrySeconds(value is [.., >= 'a' and <= 'z'] ? value : value + "s", out double seconds) && seconds < 1e6 * 86400)
            return TimeSpan.FromSeconds(seconds);
        errors.Add($"{name}: \"{value}\" is no time; write it like 15s or 5m");
        return null;
    }
}
