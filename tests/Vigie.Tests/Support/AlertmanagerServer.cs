using System.Diagnostics;

namespace Vigie.Tests.Support;

/// <summary>Debian's Alertmanager in a process and a folder of its own.</summary>
sealed class AlertmanagerServer : IAsyncDisposable
{
    const string Program = "/usr/bin/prometheus-alertmanager";

    readonly TempFolder _folder;
    readonly Process _process;

    AlertmanagerServer(TempFolder folder, Process process, int port)
    {
        (_folder, _process, Address) = (folder, process, $"http://127.0.0.1:{port}");
        Client = new() { BaseAddress = new(Address) };
    }

    public string Address { get; }

    public HttpClient Client { get; }

    public static async Task<AlertmanagerServer> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing; check.sh installs it (Debian package prometheus-alertmanager)");
        var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["alertmanager.yml"], "route: { receiver: none }\nreceivers: [ { name: none } ]\n");
        int port = SmtpServer.FreePort();
        var process = Process.Start(new ProcessStartInfo(Program,
        [
            $"--config.file={folder["alertmanager.yml"]}", $"--storage.path={folder["data"]}", $"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=", "--log.level=error",
        ])
        { UseShellExecute = false })!;
        var server = new AlertmanagerServer(folder, process, port);
        for (int i = 0; i < 300; i++)
        {
            if (await server.IsReadyAsync())
                return server;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
        await server.DisposeAsync();
        throw new TimeoutException("the Alertmanager does not get ready");
    }

    async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await Client.GetAsync("/-/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
        _folder.Dispose();
    }
}
