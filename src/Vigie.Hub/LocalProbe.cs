using Vigie.Agent;
using Vigie.Agent.Link;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Configuration;
using Vigie.Hub.Ingest;

namespace Vigie.Hub;

/// <summary>This machine's probe inside the hub: the agent as it is, with the ingest in the place of the network.</summary>
sealed class LocalProbe(SampleIngest ingest, HubOptions options, DataFolder folder, TimeProvider time,
    ILogger<LocalProbe> log) : BackgroundService
{
    public static void Add(IServiceCollection services) => services.AddHostedService<LocalProbe>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Create(ingest, options, folder, time, (level, message) => Log.ProbeNotice(log, message)).RunAsync(stoppingToken);
    }

    public static AgentHost Create(SampleIngest ingest, HubOptions options, DataFolder folder, TimeProvider time, AgentLog log) =>
        new(new AgentOptions
        {
            Interval = options.Probe.Interval,
            HostName = options.Probe.HostName is { Length: > 0 } name ? name : null,
            DisabledProbes = options.Probe.Disabled,
            ProbesDir = folder.Probes,
        }, new Exporter(ingest), log, time);

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
            catch (OtlpFormatException e)
            {
                return new(ExportResult.Refused, Reason: e.Message);
            }
        }
    }
}
