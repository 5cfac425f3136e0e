using System.Diagnostics;
using System.Text;

namespace Vigie.Tests.Support;

/// <summary>Debian's Prometheus in a process and a folder of its own, which scrapes itself each second and sends all of it on.</summary>
sealed class PrometheusServer : IAsyncDisposable
{
    const string Program = "/usr/bin/prometheus";

    readonly TempFolder _folder;
    readonly Process _process;
    readonly HttpClient _client = new();
    readonly StringBuilder _log = new();

    PrometheusServer(TempFolder folder, Process process, int port)
    {
        (_folder, _process, Port) = (folder, process, port);
        process.ErrorDataReceived += (_, line) => { lock (_log) _log.AppendLine(line.Data); };
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Log
    {
        get { lock (_log) return _log.ToString(); }
    }

    public static async Task<PrometheusServer> StartAsync(Uri hub, string token)
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing; check.sh installs it (Debian package prometheus)");
        var folder = new TempFolder();
        int port = SmtpServer.FreePort();
        await File.WriteAllTextAsync(folder["targets.json"], Targets(port));
        await File.WriteAllTextAsync(folder["prometheus.yml"], $"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: self
                file_sd_configs:
                  - files: [{folder["targets.json"]}]
            remote_write:
              - url: {new Uri(hub, "/api/v1/write")}
                authorization:
                  credentials: {token}
                metadata_config:
                  send_interval: 1s
                queue_config:
                  batch_send_deadline: 500ms
            """);
        var start = new ProcessStartInfo(Program,
        [
            $"--config.file={folder["prometheus.yml"]}", $"--storage.tsdb.path={folder["data"]}", $"--web.listen-address=127.0.0.1:{port}",
        ])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        return new(folder, Process.Start(start)!, port);
    }

    /// <summary>Its one target goes away.</summary>
    public Task ForgetTargetAsync() => File.WriteAllTextAsync(_folder["targets.json"], "[]");

    public Task<string> GetAsync(string path) => _client.GetStringAsync($"http://127.0.0.1:{Port}{path}");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    static string Targets(int port) => $$"""[{"targets":["127.0.0.1:{{port}}"]}]""";
}
