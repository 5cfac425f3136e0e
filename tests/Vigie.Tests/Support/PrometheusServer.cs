using System.Diagnostics;
using System.Text;

namespace Vigie.Tests.Support;

/// <summary>Debian's Prometheus in a process and a folder of its own, which scrapes itself each second and sends all of it on.</summary>
sealed class PrometheusServer : IAsyncDisposable
{
    const string Program = "/usr/bin/prometheus";

    readonly TempFolder _folder;
    readonly Process _process;
    readonly StringBuilder _log = new();

    PrometheusServer(TempFolder folder, Process process, int port)
    {
        (_folder, _process, Port) = (folder, process, port);
        process.ErrorDataReceived += (_, line) => { lock (_log) _log.AppendLine(line.Data); };
        process.BeginErrorReadLine();
        Client = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
    }

    public HttpClient Client { get; }

    public int Port { get; }

    public string Log
    {
        get { lock (_log) return _log.ToString(); }
    }

    /// <param name="also">Addresses to scrape besides, such as an exporter's.</param>
    public static async Task<PrometheusServer> StartAsync(Uri hub, string token, params string[] also)
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing; check.sh installs it (Debian package prometheus)");
        var folder = new TempFolder();
        int port = SmtpServer.FreePort();
        await File.WriteAllTextAsync(folder["targets.json"], Targets([$"127.0.0.1:{port}", .. also]));
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
        return new(folder, Start(folder, port), port);
    }

    /// <summary>One that scrapes nothing and takes what is written to it.</summary>
    public static async Task<PrometheusServer> StartReceiverAsync()
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing; check.sh installs it (Debian package prometheus)");
        var folder = new TempFolder();
        int port = SmtpServer.FreePort();
        await File.WriteAllTextAsync(folder["prometheus.yml"], "");
        var server = new PrometheusServer(folder, Start(folder, port, "--web.enable-remote-write-receiver"), port);
        var time = TimeProvider.System;
        for (long began = time.GetTimestamp(); time.GetElapsedTime(began) < TimeSpan.FromSeconds(60);)
        {
            if (await server.IsReadyAsync())
                return server;
            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
        }
        throw new TimeoutException($"Prometheus does not get ready; it says: {server.Log}");
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

    static Process Start(TempFolder folder, int port, params string[] more) => Process.Start(new ProcessStartInfo(Program,
    [
        $"--config.file={folder["prometheus.yml"]}", $"--storage.tsdb.path={folder["data"]}",
        $"--web.listen-address=127.0.0.1:{port}", .. more,
    ])
    {
        UseShellExecute = false,
        RedirectStandardError = true,
    })!;

    /// <summary>Its one target goes away.</summary>
    public Task ForgetTargetAsync() => File.WriteAllTextAsync(_folder["targets.json"], "[]");

    public Task<string> GetAsync(string path) => Client.GetStringAsync(path);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
        _folder.Dispose();
    }

    static string Targets(IEnumerable<string> addresses) => $$"""[{"targets":[{{string.Join(',', addresses.Select(a => $"\"{a}\""))}}]}]""";
}
