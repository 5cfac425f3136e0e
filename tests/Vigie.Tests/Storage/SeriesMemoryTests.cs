using Vigie.Core.Metrics;
using Vigie.Core.RemoteWrite;
using Vigie.Tests.Core.RemoteWrite;
using Vigie.Tests.Support;

namespace Vigie.Tests.Storage;

/// <summary>Alone, because it counts what is alive in the whole process.</summary>
[CollectionDefinition(nameof(SeriesMemoryTests), DisableParallelization = true)]
[Collection(nameof(SeriesMemoryTests))]
public sealed class SeriesMemoryTests
{
    const int Hosts = 500, SeriesPerHost = 52;

    [Fact]
    public async Task A_series_costs_half_a_kilobyte_in_reader_store_and_head_together()
    {
        byte[][] requests = [.. Enumerable.Range(0, Hosts).Select(Request)];
        using var store = new StoreCase();
        var reader = new WriteCase();
        await WriteAsync(Request(Hosts)); // what there is once
        long before = GC.GetTotalMemory(forceFullCollection: true);

        foreach (byte[] request in requests)
            await WriteAsync(request);

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal((Hosts + 1) * SeriesPerHost, store.Store.Count().Series);
        Assert.InRange((after - before) / (Hosts * SeriesPerHost), 200, 600);
        GC.KeepAlive(reader);
        GC.KeepAlive(requests);

        async Task WriteAsync(byte[] request)
        {
            reader.Read(request);
            Assert.Equal(SeriesPerHost, (await store.Store.WriteAsync(reader.Batch, default)).Written);
        }
    }

    static byte[] Request(int host) => RemoteWriteRequest.Of(RemoteWriteVersion.V1,
    [
        .. Enumerable.Range(0, SeriesPerHost).Select(i => RemoteWriteRequest.One(WriteCase.NowMs, ("__name__", $"system_metric_{i / 4}"),
            ("direction", $"direction-{i % 4}"), ("host", $"host-{host:00000}"), ("job", "fleet"))),
    ]);
}
