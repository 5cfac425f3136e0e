using System.Collections.Concurrent;
using System.Diagnostics;
using Vigie.Tests.Support;

namespace Vigie.Benchmarks.Alerts;

/// <summary>
/// The same by Debian's Prometheus and Alertmanager with their default timings: scrapes and rules each minute, group_wait 30 s. From the moment
/// at which a target shows the value that crosses the threshold, since there is nothing before that a scraper could accept.
/// </summary>
static class PeerLatency
{
    public static async Task RunAsync(int times, TextWriter to)
    {
        await using var listener = await Listener.StartAsync();
        var broken = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        listener.Metrics = name => $"# TYPE disk_used gauge\ndisk_used {(broken.ContainsKey(name) ? 1 : 0.5)}\n";
        var folder = Directory.CreateTempSubdirectory("vigie-bench-peer-");
        string[] names = [.. Enumerable.Range(0, times).Select(i => $"victim-{i}")];
        int[] ports = [FreePort(), FreePort()];
        string At(string file) => Path.Combine(folder.FullName, file);
        await File.WriteAllTextAsync(At("rules.yml"), """
            groups: [{name: disk, rules: [{alert: DiskFull, expr: disk_used >= 0.995, labels: {severity: critical}}]}]
            """);
        await File.WriteAllTextAsync(At("prometheus.yml"), $"""
            rule_files: [{At("rules.yml")}]
            alerting: {'{'}alertmanagers: [{'{'}static_configs: [{'{'}targets: ["127.0.0.1:{ports[1]}"]{'}'}]{'}'}]{'}'}
            scrape_configs:
            {string.Join('\n', names.Select(n => $$"""
              - {job_name: "{{n}}", metrics_path: "/{{n}}/metrics", static_configs: [{targets: ["{{listener.Address.Authority}}"]}]}
            """))}
            """);
        await File.WriteAllTextAsync(At("alertmanager.yml"), $"""
            route: {'{'}receiver: hook, group_by: [job]{'}'}
            receivers: [{'{'}name: hook, webhook_configs: [{'{'}url: "{new Uri(listener.Address, "/hook")}"{'}'}]{'}'}]
            """);
        using var alertmanager = Start("/usr/bin/prometheus-alertmanager", $"--config.file={At("alertmanager.yml")}", $"--storage.path={At("am")}",
            $"--web.listen-address=127.0.0.1:{ports[1]}", "--cluster.listen-address=", "--log.level=error");
        using var prometheus = Start("/usr/bin/prometheus", $"--config.file={At("prometheus.yml")}", $"--storage.tsdb.path={At("data")}",
            $"--web.listen-address=127.0.0.1:{ports[0]}", "--log.level=error");
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(90), TimeProvider.System); // each target was seen well
            var random = new Random(7);
            var latencies = await Task.WhenAll(names.Select(async name =>
            {
                int delay;
                lock (random)
                    delay = random.Next(60_000);
                await Task.Delay(TimeSpan.FromMilliseconds(delay), TimeProvider.System);
                var arrival = listener.Arrival(name);
                broken[name] = true;
                long shown = Stopwatch.GetTimestamp();
                return Stopwatch.GetElapsedTime(shown, await arrival.WaitAsync(TimeSpan.FromMinutes(6))).TotalSeconds;
            }));
            to.WriteLine(AlertLatency.Line("Prometheus and Alertmanager, default timings", [.. latencies]));
        }
        finally
        {
            prometheus.Kill();
            alertmanager.Kill();
            await prometheus.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        UseShellExecute = false,
        RedirectStandardError = false,
    })!;

    static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
