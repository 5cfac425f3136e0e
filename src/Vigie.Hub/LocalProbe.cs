using Vigie.Agent;
using Vigie.Agent.Link;
using Vigie.Agent.Snapshots;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;
using Vigie.Hub.Configuration;
using Vigie.Hub.Ingest;
using Vigie.Hub.Snapshots;

namespace Vigie.Hub;

/// <summary>This machine's probe inside the hub: the agent as it is, with the ingest in the place of the network.</summary>
static class LocalProbe
{
    /// <summary>It runs until the hub ends; should it fail, the loop's guard says so and starts it again.</summary>
    public static void Add(IServiceCollection services) => HubLoops.Add(services, "Probe", TimeSpan.FromSeconds(5), s => ct =>
    {
        var log = s.GetRequiredService<ILogger<BackgroundLoop>>();
        return Create(s.GetRequiredService<SampleIngest>(), s.GetRequiredService<SnapshotStore>(), s.GetRequiredService<HubOptions>(),
            s.GetRequiredService<DataFolder>(), s.GetRequiredService<TimeProvider>(), (_, message) => Log.ProbeNotice(log, message)).RunAsync(ct);
    });

    public static AgentHost Create(SampleIngest ingest, SnapshotStore snapshots, HubOptions options, DataFolder folder, TimeProvider time,
        AgentLog log) =>
        new(Options(options.Probe) with { ProbesDir = folder.Probes, ChecksFile = folder.Checks }, new Exporter(ingest), log, time,
            new SnapshotSink(snapshots));

    public static AgentOptions Options(LocalProbeOptions options) => new()
    {
        Interval = options.Interval,
        HostName = options.HostName is { Length: > 0 } name ? name : null,
        DisabledProbes = options.Disabled,
        PerCore = options.PerCore,
        HideUsers = options.HideUsers,
    };

    sealed class SnapshotSink(SnapshotStore store) : ISnapshotSink
    {
        public async ValueTask<ExportOutcome> SendAsync(string kind, string host, ReadOnlyMemory<byte> json, CancellationToken ct)
        {
            try
            {
                await store.SaveAsync(host, kind, json, ct);
                return ExportOutcome.Ok;
            }
            catch (StoreUnavailableException e)
            {
                return new(ExportResult.Retry, Reason: e.Message);
            }
        }
    }

    sealed class Exporter(SampleIngest ingest) : IExporter
    {
        public async ValueTask<ExportOutcome> SendAsync(ReadOnlyMemory<byte> otlp, int samples, CancellationToken ct)
        {
            try
            {
                var taken = await ingest.TakeAsync(otlp, Environment.MachineName, ct);
                return new(ExportResult.Accepted, taken.Refused, taken.Reason);
            }
            catch (StoreUnavailableException e)
            {
                return new(ExportResult.Retry, Reason: e.Message);
            }
            catch (WireFormatException e)
            {
                return new(ExportResult.Refused, Reason: e.Message);
            }
        }
    }
}
