using System.Runtime.InteropServices;
using Vigie.Agent.Heartbeats;
using Vigie.Agent.Identity;
using Vigie.Agent.Inventory;
using Vigie.Agent.Link;
using Vigie.Agent.Running;
using Vigie.Agent.Snapshots;

namespace Vigie.Agent;

static class AgentProgram
{
    const int Failed = 1, WrongUse = 2;

    internal static int Main(string[] args)
    {
        ProcessMemory.OneHeap();
        using var loop = new RoundLoop(TimeProvider.System);
        return loop.Run(MainAsync(args, loop));
    }

    static async Task<int> MainAsync(string[] args, RoundLoop loop)
    {
        if (args is ["ran", .. var rest])
            return await RanProgram.RunAsync(rest);
        var errors = new List<string>();
        var arguments = AgentArguments.Parse(args, Environment.GetEnvironmentVariable("VIGIE_TOKEN"), errors);
        if (arguments.Help || arguments.Version)
        {
            Console.WriteLine(arguments.Help ? AgentArguments.HelpText : $"vigie-agent {AgentVersion.Text}");
            return 0;
        }
        errors.AddRange(arguments.Options.Errors());
        if (arguments.Options.HubUrl is null && !arguments.Print && !arguments.PrintName && !arguments.PrintInventory)
            errors.Add("--hub is missing; give the hub's address, or --print to see what would be sent");
        if (arguments.Options.ChecksFile is { } checks && !File.Exists(checks))
            errors.Add($"--checks: there is no file {checks}; write your checks into it, a line each");
        if (errors.Count > 0)
            return Fail(WrongUse, errors);

        if (arguments.PrintName)
        {
            Console.WriteLine(HostIdentity.Name(arguments.Options, new(arguments.Options.Root)));
            return 0;
        }

        if (arguments.PrintInventory)
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(await new InventoryReader(new(arguments.Options.Root), TimeProvider.System).ReadAsync(default));
            return 0;
        }

        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            return await RunAsync(arguments, loop, stop.Token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(Failed, [e.Message]);
        }
        catch (OperationCanceledException)
        {
            return Failed; // a single round was interrupted
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    static async Task<int> RunAsync(AgentArguments arguments, RoundLoop loop, CancellationToken ct)
    {
        var options = arguments.Options with { SpoolDir = SpoolFolder(arguments.Options.SpoolDir), OwnsProcess = true };
        arguments = arguments with { Options = options };
        var hub = new Uri(options.HubUrl ?? "http://localhost");
        if (hub.Scheme is "http" && !hub.IsLoopback && (options.Token ?? options.TokenFile) is not null)
            Log(AgentLogLevel.Warning, "the token goes to the hub unencrypted; use https where the network is not yours");
        return arguments.Once || arguments.Print || options.TokenFile is null ? await RunAsync(arguments, hub, loop, ct)
            : await RunRenewedAsync(arguments, hub, options.TokenFile, loop, ct);
    }

    /// <summary>Runs agents one after another, each with the credential that was given in the time of the one before.</summary>
    static async Task<int> RunRenewedAsync(AgentArguments arguments, Uri hub, string file, RoundLoop loop, CancellationToken ct)
    {
        while (true)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var renewal = new CredentialRenewal(hub, file, arguments.Options.HubPin, TimeProvider.System, Log).RunAsync(end.Token);
            var agent = RunAsync(arguments, hub, loop, end.Token);
            await Task.WhenAny(agent, renewal);
            await end.CancelAsync();
            int code = await agent;
            await ((Task)renewal).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested || !renewal.IsCompletedSuccessfully)
                return code;
        }
    }

    static async Task<int> RunAsync(AgentArguments arguments, Uri hub, RoundLoop loop, CancellationToken ct)
    {
        var options = arguments.Options;
        string? token = options.ReadToken();
        using var exporter = new HttpExporter(hub, token, options.SendTimeout, TimeProvider.System, options.HubPin);
        using var snapshots = new HttpSnapshotSink(hub, token, options.SendTimeout, TimeProvider.System, options.HubPin);
        var agent = new AgentHost(options, exporter, Log, TimeProvider.System, snapshots, loop);

        if (arguments.Print)
        {
            foreach (var line in await agent.DescribeOnceAsync(ct))
                Console.WriteLine(line);
            return 0;
        }
        if (arguments.Once)
            return await agent.RunOnceAsync(ct) is { Reason: { } reason } ? Fail(Failed, [reason]) : 0;
        Log(AgentLogLevel.Information,
            $"vigie-agent {AgentVersion.Text} measures every {options.Interval.TotalSeconds:0} s and sends to {hub.Authority}");
        var settled = SettleAsync(options.Interval, ct);
        await agent.RunAsync(ct);
        await settled;
        return 0;
    }

    /// <summary>After a few rounds all that lasts is there.</summary>
    static async Task SettleAsync(TimeSpan interval, CancellationToken ct)
    {
        await Task.Delay(3.5 * interval, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ct.IsCancellationRequested)
            ProcessMemory.LetGoOfStart();
    }

    /// <summary>As told, or where the service manager or the user's home keeps such things; null for none.</summary>
    static string? SpoolFolder(string? told)
    {
        if (told is not null)
            return told is "none" ? null : told;
        // The service manager may name several folders; the first is ours.
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } given)
            return given.Split(':')[0];
        string state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } set ? set
            : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state") : "";
        return Path.IsPathRooted(state) ? Path.Combine(state, "vigie-agent") : null;
    }

    static int Fail(int code, IEnumerable<string> reasons)
    {
        foreach (var reason in reasons)
            Console.Error.WriteLine($"vigie-agent: {reason}");
        return code;
    }

    // The service manager adds time and host, and reads the number in angle brackets as the message's level.
    static void Log(AgentLogLevel level, string message) => Console.Error.WriteLine(level switch
    {
        AgentLogLevel.Error => $"<3>{message}",
        AgentLogLevel.Warning => $"<4>{message}",
        _ => $"<6>{message}",
    });
}
