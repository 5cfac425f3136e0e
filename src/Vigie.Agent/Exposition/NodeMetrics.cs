using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>What this host measures now, in the names of node_exporter, so that a Prometheus and its dashboards can stay as they are.</summary>
sealed class NodeMetrics(IReadOnlyList<INodeCollector> collectors)
{
    readonly SemaphoreSlim _one = new(1); // a collector may keep state

    public static NodeMetrics Of(HostRoot root, TimeProvider time) => new(
    [
        new CpuCollector(root), new DiskCollector(root), new FileSystemCollector(root, time), new SensorCollector(root), new KernelCollector(root, time),
        new MemoryCollector(root), new NetworkCollector(root),
        new SystemdCollector(root, time, new SystemdUnits(root.Map("/run/dbus/system_bus_socket"), root.Map("/run/systemd/private")).ListAsync),
    ]);

    /// <summary>Everything, and for each collector whether it has succeeded: one that fails takes no other with it.</summary>
    public async Task<byte[]> WriteAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var text = new NodeText();
            var succeeded = new List<(string Name, bool Well)>();
            foreach (var collector in collectors)
                try
                {
                    await collector.WriteAsync(text, ct);
                    succeeded.Add((collector.Name, true));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OperationCanceledException
                    && !ct.IsCancellationRequested)
                {
                    succeeded.Add((collector.Name, false));
                }
            text.Gauge("node_scrape_collector_success", "1 for a collector that has succeeded.");
            foreach (var (name, well) in succeeded)
                text.Sample(well ? 1 : 0, ("collector", name));
            return text.ToBytes();
        }
        finally
        {
            _one.Release();
        }
    }
}
