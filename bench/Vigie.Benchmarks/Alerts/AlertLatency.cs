using System.Diagnostics;
using System.Globalization;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Tests.Support;

namespace Vigie.Benchmarks.Alerts;

/// <summary>From the acceptance of a sample that crosses a threshold to the webhook that tells of it, through a whole hub over HTTP.</summary>
static class AlertLatency
{
    /// <summary>Prints the name, how many were told, and p50, p99 and the longest in seconds.</summary>
    /// <param name="fleet">Hosts that report meanwhile.</param>
    public static async Task RunAsync(int times, int fleet, TextWriter to)
    {
        to.WriteLine(Line($"vigie, no wait for company, {fleet} hosts", await MeasureAsync(times, fleet, new() { Wait = default, WaitCritical = default })));
        to.WriteLine(Line($"vigie, as it comes (5 s), {fleet} hosts", await MeasureAsync(times / 4, fleet, new())));
    }

    public static string Line(string name, List<double> seconds)
    {
        seconds.Sort();
        return string.Create(CultureInfo.InvariantCulture,
            $"{name}\t{seconds.Count}\t{At(seconds, 0.5):f2}\t{At(seconds, 0.99):f2}\t{seconds[^1]:f2}");
    }

    static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];

    static async Task<List<double>> MeasureAsync(int times, int fleet, IncidentOptions incidents)
    {
        await using var listener = await Listener.StartAsync();
        await using var hub = await BenchHub.StartAsync(o => o with
        {
            // Each host is to be an incident of its own, and each is to be told.
            Incidents = incidents with { JoinWithin = default },
            Channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal)
            {
                ["hook"] = new WebhookOptions { Url = new Uri(listener.Address, "/hook").ToString() },
            },
        });
        using var stop = new CancellationTokenSource();
        var others = Task.Run(() => ReportAsync(hub, fleet, stop.Token));
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System); // the code is warm, the fleet is there
        var random = new Random(7);
        var latencies = new List<double>();
        for (int i = 0; i < times; i++)
        {
            string host = $"victim-{i}";
            await hub.ReportAsync(host, OtlpRequests.Disk(0.5));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 1700)), TimeProvider.System); // at no fixed phase of anything
            var arrival = listener.Arrival(host);
            await hub.ReportAsync(host, OtlpRequests.Disk(1.0));
            long accepted = Stopwatch.GetTimestamp();
            latencies.Add(Stopwatch.GetElapsedTime(accepted, await arrival.WaitAsync(TimeSpan.FromMinutes(1))).TotalSeconds);
        }
        await stop.CancelAsync();
        await others;
        return latencies;
    }

    /// <summary>A fleet that is well, each host every 15 s, evenly spread.</summary>
    static async Task ReportAsync(BenchHub hub, int hosts, CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            await hub.ReportAsync($"host-{i % hosts:0000}", OtlpRequests.Disk(0.4), OtlpRequests.Memory(0.5), OtlpRequests.Cpu(0.3));
            await Task.Delay(TimeSpan.FromSeconds(15.0 / hosts), TimeProvider.System, CancellationToken.None);
        }
    }
}
