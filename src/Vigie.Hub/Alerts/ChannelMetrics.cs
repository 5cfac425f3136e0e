using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Alerts;

/// <summary>How the channels fare, as metrics of the hub: a rule can tell of a channel that fails by another that works.</summary>
sealed class ChannelMetrics(ChannelSet channels, DeliveryStore deliveries, TimeProvider time)
{
    static readonly MetricInfo Waiting =
        new("vigie.channel.waiting", "{message}", MetricKind.Gauge, "Messages that wait for a channel.");

    static readonly MetricInfo Age =
        new("vigie.channel.waiting.age", "s", MetricKind.Gauge, "How long the oldest message has waited for a channel; 0 when none waits.");

    public void AddTo(SampleBatch batch)
    {
        var now = time.GetUtcNow();
        var waiting = deliveries.Waiting().ToDictionary(t => t.Channel, StringComparer.Ordinal);
        foreach (string channel in channels.Names.Union(waiting.Keys, StringComparer.Ordinal))
        {
            var tally = waiting.GetValueOrDefault(channel);
            Add(batch, Waiting, channel, now, tally?.Waiting ?? 0);
            Add(batch, Age, channel, now, tally?.OldestWaiting is { } oldest ? (now - oldest).TotalSeconds : 0);
        }
    }

    static void Add(SampleBatch batch, MetricInfo metric, string channel, DateTimeOffset now, double value) =>
        batch.Add(new Series(Labels.Of(StoredNames.Metric(metric), ("channel", channel)), metric), now.ToUnixTimeMilliseconds(), value);
}
