using System.Diagnostics;

namespace Vigie.Tests.Faults;

/// <summary>A hub as a process of its own, which can be killed.</summary>
sealed class HubProcess : IAsyncDisposable
{
    readonly Process _process;

    HubProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<HubProcess> StartAsync(string folder)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "vigie"),
            ["hub", "--data", folder, "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VIGIE_Feeds__CertFr__Enabled"] = "false";
        start.Environment["VIGIE_Alerts__Every"] = "1s"; // so that the hub writes of its own accord, too
        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var told = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            told.Add(line);
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync(); // a full pipe would stop the hub
                return new(process, new(line["ready ".Length..]));
            }
        }
        throw new InvalidOperationException($"the hub has not started: {string.Join('\n', told)}\n{await errors}");
    }

    /// <summary>kill -9: nothing is closed, flushed or told.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
