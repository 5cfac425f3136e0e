using Vigie.Agent.Probes;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Agent.Probes;

/// <summary>An agent runs for years beside others' work: what is read at every tick leaves no garbage, on this very machine.</summary>
public sealed class ProbeAllocationTests
{
    /// <summary>Most probes need none of it; looking for a file by name, or through a folder, costs a little.</summary>
    const long MostBytes = 0;

    [Theory]
    [InlineData("clock")]
    [InlineData("containers")]
    [InlineData("cpu")]
    [InlineData("disk")]
    [InlineData("kernel")]
    [InlineData("load")]
    [InlineData("memory")]
    [InlineData("network")]
    [InlineData("packages")]
    [InlineData("paging")]
    [InlineData("pressure")]
    [InlineData("process")]
    [InlineData("raid")]
    [InlineData("sensors")]
    [InlineData("systemd")]
    [InlineData("uptime")]
    [InlineData("users")]
    public async Task A_probe_of_every_tick_leaves_next_to_nothing_once_it_is_warm(string name)
    {
        var probe = ProbeCatalog.Create(name, new(new HostRoot("/"), TimeProvider.System, TimeSpan.FromSeconds(10), PerCore: true));
        var sink = new CountingSink();
        long least = long.MaxValue;
        for (int round = 0; round < 30; round++)
        {
            int thread = Environment.CurrentManagedThreadId;
            long before = GC.GetAllocatedBytesForCurrentThread();
            await probe.CollectAsync(sink, TestContext.Current.CancellationToken);
            if (thread == Environment.CurrentManagedThreadId) // a first round may wait for another thread
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.InRange(least, 0, MostBytes);
    }

    sealed class CountingSink : ISampleSink
    {
        public int Count { get; private set; }

        public void Add(MetricInfo metric, double value, params ReadOnlySpan<SampleAttribute> attributes) => Count++;

        public void NoData(string why) => Count++;
    }
}
