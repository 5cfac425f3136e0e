using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Api;

/// <summary>A hub with a few series, and a client that may read.</summary>
sealed class ApiStage(TestHub hub, HttpClient client) : IAsyncDisposable
{
    /// <summary>2026-11-24T12:00:00Z; the newest samples are of this instant.</summary>
    public const long Now = 1_795_521_600;

    public TestHub Hub { get; } = hub;

    public HttpClient Client { get; } = client;

    public static async Task<ApiStage> StartAsync(Func<HubOptions, HubOptions>? options = null)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(Now));
        var hub = await TestHub.StartAsync(time, options);
        return new(hub, await hub.ClientAsync(TokenScope.Read));
    }

    /// <summary>A sample each 15 s, the last one now.</summary>
    public async Task<ApiStage> AddAsync(string metric, string host, MetricKind kind, params double[] values)
    {
        var series = new Series(Labels.Of(metric, ("host", host)), new(metric, "s", kind, $"What {metric} is."));
        var batch = new SampleBatch();
        for (int i = 0; i < values.Length; i++)
            batch.Add(series, (Now - ((values.Length - 1 - i) * 15)) * 1000, values[i]);
        await Hub.Get<MetricStore>().WriteAsync(batch, default);
        return this;
    }

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        var response = await Client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        var response = await Client.PostAsync(path, content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<JsonElement> DataAsync(string path)
    {
        var (status, body) = await GetAsync(path);
        Assert.True(status == HttpStatusCode.OK, body);
        return JsonDocument.Parse(body).RootElement.GetProperty("data");
    }

    public static string At(long seconds) => (Now + seconds).ToString(CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Hub.DisposeAsync();
    }
}
