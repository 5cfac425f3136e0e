using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Checks;

/// <summary>A process that has ended by itself.</summary>
/// <param name="ErrorText">The beginning of what it wrote to its error output.</param>
sealed record EndedProcess(int ExitCode, byte[] Output, byte[] ErrorText);

/// <summary>
/// Runs one executable to its end, in a clean environment and, where the host has <c>setsid</c>, in a session of its own, so that
/// whatever it started can be ended with it.
/// </summary>
static partial class ScriptProcess
{
    public const int MostOutput = 1024 * 1024;

    const string SetSid = "/usr/bin/setsid";
    const int MostErrorText = 4096, SigKill = 9;

    /// <summary>What the executable printed.</summary>
    /// <exception cref="InvalidOperationException">It could not be started, failed, or printed too much; the message says
    /// which.</exception>
    /// <exception cref="OperationCanceledException">It was ended, with all it had started, because its time was over.</exception>
    public static async Task<byte[]> RunAsync(string path, CancellationToken ct)
    {
        var ended = await RunAsync(path, [], MostOutput, ct);
        return ended.ExitCode == 0 ? ended.Output : throw new InvalidOperationException(Describe(ended.ExitCode, ended.ErrorText));
    }

    /// <summary>Runs it with arguments; the exit code is part of the answer.</summary>
    /// <exception cref="InvalidOperationException">It could not be started, or printed too much.</exception>
    /// <exception cref="OperationCanceledException">It was ended, with all it had started, because its time was over.</exception>
    /// <param name="environment">Variables besides the few that every executable gets.</param>
    /// <param name="input">What it can read on its standard input; an executable need not.</param>
    public static async Task<EndedProcess> RunAsync(string path, IReadOnlyList<string> arguments, int mostOutput, CancellationToken ct,
        IReadOnlyDictionary<string, string>? environment = null, ReadOnlyMemory<byte> input = default)
    {
        bool ownSession = File.Exists(SetSid);
        using var process = Start(path, arguments, ownSession, environment);
        using var ending = ct.Register(() => End(process, ownSession)); // a pipe is read to its end, whatever the token says
        // A process closes only the pipes that nobody has asked it for.
        await using var outputPipe = process.StandardOutput.BaseStream;
        await using var errorPipe = process.StandardError.BaseStream;
        try
        {
            var told = TellAsync(process.StandardInput, input, ct);
            var errors = ReadAsync(errorPipe, MostErrorText, ct);
            var output = await ReadAsync(outputPipe, mostOutput + 1, ct, stopWhenFull: true);
            if (output.Length > mostOutput)
                throw new InvalidOperationException($"it printed more than {mostOutput / 1024} KiB and was ended; print fewer lines");
            var errorText = await errors;
            await told;
            await process.WaitForExitAsync(ct);
            ct.ThrowIfCancellationRequested();
            return new(process.ExitCode, output, errorText);
        }
        catch
        {
            End(process, ownSession);
            throw;
        }
    }

    static async Task TellAsync(StreamWriter pipe, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            await using var stream = pipe.BaseStream;
            await stream.WriteAsync(input, ct);
        }
        catch (IOException)
        {
            // It does not read its input, or not to the end.
        }
    }

    static Process Start(string path, IReadOnlyList<string> arguments, bool ownSession, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(ownSession ? SetSid : path, ownSession ? [path, .. arguments] : arguments)
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C";
        start.Environment["HOME"] = "/";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"it could not be started: {e.Message}", e);
        }
    }

    /// <summary>Reads to the end but keeps only the first bytes.</summary>
    static async Task<byte[]> ReadAsync(Stream stream, int most, CancellationToken ct, bool stopWhenFull = false)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, ct) is > 0 and var read)
        {
            kept.Write(buffer, 0, Math.Min(read, most - (int)kept.Length));
            if (stopWhenFull && kept.Length == most)
                break;
        }
        return kept.ToArray();
    }

    static void End(Process process, bool ownSession)
    {
        try
        {
            // The whole session at once; looking for children in /proc instead would miss those whose parent has ended.
            if (ownSession)
                Kill(-process.Id, SigKill);
            process.Kill(entireProcessTree: !ownSession);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself in the meantime.
        }
    }

    static string Describe(int exitCode, byte[] errorText)
    {
        ReadOnlySpan<byte> text = errorText;
        while (text.TakeLine(out var line))
            if (line.Trim("\r\t "u8) is { IsEmpty: false } said)
                return $"it ended with exit code {exitCode}: {TextScan.Quote(said)}";
        return $"it ended with exit code {exitCode}";
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
