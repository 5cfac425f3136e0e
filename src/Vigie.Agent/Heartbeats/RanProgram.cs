using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Vigie.Agent.Heartbeats;

/// <summary><c>vigie-agent ran JOB -- COMMAND</c>: runs the command as it is, and tells the hub of its start and its end.</summary>
static partial class RanProgram
{
    const int WrongUse = 2, NotStarted = 127, SigTerm = 15, SigInt = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        var errors = new List<string>();
        var read = RanArguments.Parse(args, Environment.GetEnvironmentVariable, errors);
        if (read.Agent.Help)
        {
            Console.WriteLine(RanArguments.HelpText);
            return 0;
        }
        foreach (string error in errors.Concat(read.Troubles))
            Tell(error);
        if (errors.Count > 0)
            return WrongUse;
        if (read.Troubles.Count > 0)
            return (await RunCommandAsync(read.Command)).ExitCode;
        string? token;
        try
        {
            token = read.Agent.Options.ReadToken();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell(e.Message);
            return (await RunCommandAsync(read.Command)).ExitCode;
        }
        return await RunAsync(read, token);
    }

    static async Task<int> RunAsync(RanArguments read, string? token)
    {
        var options = read.Agent.Options;
        string host = HostIdentity.Name(options, new(options.Root));
        using var link = new HeartbeatLink(new(options.HubUrl!), token, host, read.Job, read.Every, options.HubPin, TimeProvider.System);
        var starting = link.StartedAsync(); // beside the job, which waits for no hub
        long began = TimeProvider.System.GetTimestamp();
        var (exitCode, text) = await RunCommandAsync(read.Command);
        var took = TimeProvider.System.GetElapsedTime(began);
        foreach (string? trouble in new[] { await starting, await link.EndedAsync(exitCode, took, text) })
            if (trouble is not null)
                Tell(trouble);
        return exitCode;
    }

    static async Task<(int ExitCode, string Text)> RunCommandAsync(IReadOnlyList<string> command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false })!;
            // Who ends this program means the job.
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Pass(signal, SigTerm));
            using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Pass(signal, SigInt));
            await process.WaitForExitAsync();
            return (process.ExitCode, "");

            void Pass(PosixSignalContext context, int signal)
            {
                context.Cancel = true;
                Kill(process.Id, signal);
            }
        }
        catch (Win32Exception e)
        {
            string why = $"{command[0]} could not be started: {e.Message}";
            Tell(why);
            return (NotStarted, why);
        }
    }

    static void Tell(string message) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"vigie-agent: {message}"));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
