using System.Globalization;
using Vigie.Agent;
using Vigie.Agent.Link;

namespace Vigie.Benchmarks.Agent;

/// <summary>What a round of the agent allocates: all probes of this machine, encoded and handed on, with nothing sent.</summary>
static class TickAllocation
{
    public static async Task RunAsync(int ticks, TextWriter to)
    {
        var exporter = new Counter(ticks);
        var agent = new AgentHost(new() { Interval = TimeSpan.FromSeconds(1), HostName = "bench" }, exporter, (_, _) => { }, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = agent.RunAsync(stop.Token);
        await exporter.Done;
        await stop.CancelAsync();
        await running;
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{exporter.Bytes:0}\t{exporter.Samples}\t{exporter.Otlp}"));
    }

    /// <summary>The median round's allocation, between the ends of two rounds.</summary>
    sealed class Counter(int ticks) : IExporter
    {
        readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly List<long> _rounds = [];
        long _last = -1;

        public Task Done => _done.Task;

        public double Bytes => _rounds.Order().ElementAt(_rounds.Count / 2);

        public int Samples { get; private set; }

        public int Otlp { get; private set; }

        public ValueTask<ExportOutcome> SendAsync(ReadOnlyMemory<byte> otlp, int samples, CancellationToken ct)
        {
            long now = GC.GetTotalAllocatedBytes(precise: true);
            if (_last >= 0)
                _rounds.Add(now - _last);
            (Samples, Otlp) = (samples, otlp.Length);
            if (_rounds.Count == ticks)
                _done.TrySetResult();
            _last = GC.GetTotalAllocatedBytes(precise: true);
            return new(ExportOutcome.Ok);
        }
    }
}
