using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Vigie.Hub.Accounts;
using Vigie.Hub.Hosts;
using Vigie.PromQL;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>The exporter of OpenTelemetry's own SDK, as an application would use it.</summary>
public sealed class OtlpExporterTests
{
    [Theory]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task What_the_sdk_exports_can_be_queried(OtlpExportProtocol protocol)
    {
        await using var hub = await TestHub.StartAsync();
        string token = await hub.TokenAsync(TokenScope.Write);
        using (var meter = new System.Diagnostics.Metrics.Meter("shop"))
        using (var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService("cart", serviceNamespace: "shop", serviceInstanceId: "one")
                .AddAttributes([new("host.name", "web-1")]))
            .AddMeter("shop")
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = new(hub.Address, "/v1/metrics");
                exporter.Protocol = protocol;
                exporter.Headers = $"Authorization=Bearer {token}";
                reader.TemporalityPreference = MetricReaderTemporalityPreference.Cumulative;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue; // only when it is told to
            })
            .Build())
        {
            var orders = meter.CreateCounter<long>("shop.orders", "{order}", "Orders taken.");
            meter.CreateObservableGauge("shop.queue.size", () => 12.5, "By", "Bytes that wait.");
            meter.CreateHistogram<double>("shop.duration", "s").Record(0.2); // has no place in the store; the rest is taken
            orders.Add(3, new KeyValuePair<string, object?>("kind", "new"));
            orders.Add(4, new KeyValuePair<string, object?>("kind", "new"));
            orders.Add(1, new KeyValuePair<string, object?>("kind", "again"));
            Assert.True(provider.ForceFlush());
        }
        Assert.Equal("shop_orders_total{host=\"web-1\", instance=\"one\", job=\"shop/cart\", kind=\"again\"} 1; "
            + "shop_orders_total{host=\"web-1\", instance=\"one\", job=\"shop/cart\", kind=\"new\"} 7",
            await QueryAsync(hub, "shop_orders_total"));
        Assert.Equal("{} 8", await QueryAsync(hub, "sum(shop_orders_total)"));
        Assert.Equal("shop_queue_size_bytes{host=\"web-1\", instance=\"one\", job=\"shop/cart\"} 12.5",
            await QueryAsync(hub, "shop_queue_size_bytes"));
        Assert.Equal("", await QueryAsync(hub, "{__name__=~\"shop_duration.*\"}"));
        Assert.Equal("web-1", Assert.Single(hub.Get<HostDirectory>().All).Name);
        Assert.Contains("Orders taken.", hub.Get<Vigie.Storage.MetricStore>().Metrics()["shop_orders_total"].Help);
    }

    static async Task<string> QueryAsync(TestHub hub, string query)
    {
        var answer = (VectorResult)await hub.Get<QueryEngine>()
            .InstantAsync(query, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return string.Join("; ", answer.Samples.Select(s => $"{s.Labels} {s.Value}"));
    }
}
