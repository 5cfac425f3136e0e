using System.Diagnostics;

namespace Vigie.Tests.Support;

/// <summary>Debian's node_exporter in a process of its own.</summary>
sealed class NodeExporter : IAsyncDisposable
{
    const string Program = "/usr/bin/prometheus-node-exporter";

    readonly Process _process;

    NodeExporter(Process process, string address)
    {
        (_process, Address) = (process, address);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    public string Address { get; }

    public static NodeExporter Start()
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing; check.sh installs it (Debian package prometheus-node-exporter)");
        string address = $"127.0.0.1:{SmtpServer.FreePort()}";
        return new(Process.Start(new ProcessStartInfo(Program, [$"--web.listen-address={address}"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!, address);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
