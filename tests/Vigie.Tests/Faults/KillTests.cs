using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Accounts;
using Vigie.Hub.Commands;
using Vigie.Hub.Configuration;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

public sealed class KillTests
{
    const int Cycles = 6, Senders = 3, SamplesPerBatch = 20;

    static readonly MetricInfo Metric = new("ledger", "", MetricKind.Gauge, "The batch's number.");

    /// <summary>
    /// The hub is killed again and again while senders write. Outside of it a ledger holds the batches it has acknowledged:
    /// each of them must be stored, whole and once, and no other batch in part.
    /// </summary>
    [Fact]
    public async Task What_was_acknowledged_is_there_after_kill_9()
    {
        using var folder = new TempFolder();
        var data = new DataFolder(folder.Path);
        InitCommand.Init(data, TimeProvider.System);
        string token;
        using (var database = Open(data))
            token = (await new TokenStore(database, TimeProvider.System).CreateAsync("ledger", TokenScope.Write))!;
        var acknowledged = new ConcurrentDictionary<int, bool>();
        var start = TimeProvider.System.GetUtcNow().AddHours(-1);
        var random = new Random(20261122);
        int sent = 0;

        for (int cycle = 0; cycle < Cycles; cycle++)
        {
            await using var hub = await HubProcess.StartAsync(folder.Path);
            int before = acknowledged.Count, wanted = random.Next(1, 60);
            using var stop = new CancellationTokenSource();
            var enough = new TaskCompletionSource();
            var senders = Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
            {
                using var client = new HttpClient { BaseAddress = hub.Address };
                client.DefaultRequestHeaders.Authorization = new("Bearer", token);
                while (!stop.IsCancellationRequested && await SendAsync(client, Interlocked.Increment(ref sent), start, acknowledged))
                    if (acknowledged.Count - before >= wanted)
                        enough.TrySetResult();
            })).ToArray();
            await Task.WhenAny(enough.Task, Task.WhenAll(senders));
            await hub.KillAsync(); // the other senders are in the middle of something
            await stop.CancelAsync();
            await Task.WhenAll(senders);
            Assert.InRange(acknowledged.Count - before, wanted, int.MaxValue);
        }

        DatabaseFiles.Verify(data.Database);
        using (var database = Open(data))
            await CheckAsync(new MetricStore(database, TimeProvider.System, new()), start, acknowledged, sent);
    }

    static Database Open(DataFolder data) => Database.Open(data.Database, TimeProvider.System, typeof(TokenStore).Assembly);

    static async Task<bool> SendAsync(HttpClient client, int batch, DateTimeOffset start, ConcurrentDictionary<int, bool> acknowledged)
    {
        var samples = new OtlpSamples();
        for (int i = 0; i < SamplesPerBatch; i++)
            samples.Add(Metric, batch, 0, new SampleAttribute("n", i == 0 ? $"new-{batch}" : $"{i}")); // one series nobody has seen
        long timeMs = start.ToUnixTimeMilliseconds() + batch; // batches never meet at one instant
        var body = new OtlpMetricsWriter([new("host.name", $"host-{batch % 5}")], "s", "1").Write(samples, (ulong)timeMs * 1_000_000);
        using var content =
            new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf") } };
        try
        {
            using var reply = await client.PostAsync("/v1/metrics", content);
            reply.EnsureSuccessStatusCode();
            Assert.Empty(await reply.Content.ReadAsByteArrayAsync()); // nothing refused
            acknowledged[batch] = true;
            return true;
        }
        catch (HttpRequestException e) when (e.StatusCode is null)
        {
            return false; // killed: nobody knows what became of the batch
        }
    }

    static async Task CheckAsync(MetricStore store, DateTimeOffset start, ConcurrentDictionary<int, bool> acknowledged, int sent)
    {
        var stored = new Dictionary<int, int>();
        foreach (var series in await store.SelectAsync(new([new(Labels.MetricName, MatchKind.Equal, "ledger")], 0, long.MaxValue), default))
        {
            for (int i = 0; i < series.Values.Length; i++)
            {
                int batch = (int)series.Values.Span[i];
                Assert.Equal((start.ToUnixTimeMilliseconds() + batch, $"host-{batch % 5}"),
                    (series.TimesMs.Span[i], series.Labels["host"]));
                stored[batch] = stored.GetValueOrDefault(batch) + 1;
            }
        }
        Assert.All(acknowledged.Keys, batch => Assert.True(stored.ContainsKey(batch), $"batch {batch} was acknowledged and is gone"));
        Assert.All(stored, batch => Assert.Equal(SamplesPerBatch, batch.Value));
        Assert.InRange(stored.Count, acknowledged.Count, sent);
    }
}
