using System.Text.Json;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Commands;
using Vigie.Hub.Configuration;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

public sealed class AlertKillTests
{
    const int Kills = 6;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// The hub is killed again and again at any moment between a sample, its alert, its incident and its message. Each server's alert and
    /// its end are told all the same; a message comes twice at most for each kill, and then with the same key.
    /// </summary>
    [Fact]
    public async Task No_alert_is_lost_and_at_most_one_message_is_doubled_by_a_kill_9()
    {
        await using var ops = await ReplyServer.StartAsync();
        using var folder = new TempFolder();
        var data = new DataFolder(folder.Path);
        InitCommand.Init(data, TimeProvider.System);
        await File.WriteAllTextAsync(data.Config, $$"""
            { "Channels": { "ops": { "Kind": "webhook", "Url": "{{ops.Address}}/hook" } },
              "Incidents": { "Wait": "0s", "WaitCritical": "0s", "JoinWithin": "0s" } }
            """, Ct);
        string token;
        using (var database = Open(data))
            token = (await new TokenStore(database, TimeProvider.System).CreateAsync("kills", TokenScope.Write))!;
        var random = new Random(20261124);
        for (int kill = 0; kill < Kills; kill++)
        {
            await using var hub = await HubProcess.StartAsync(folder.Path);
            using var client = Client(hub, token);
            await ReportAsync(client, $"db{kill}", 1.0);
            if (kill > 1)
                await ReportAsync(client, $"db{kill - 2}", 0.5); // and the end of another, in the same breath
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 1500)), TimeProvider.System, Ct);
            await hub.KillAsync();
        }
        await using (var hub = await HubProcess.StartAsync(folder.Path))
        {
            using var client = Client(hub, token);
            await UntilAsync(data, ops, status: "firing"); // what was killed before it was told is told now
            for (int host = 0; host < Kills; host++)
                await ReportAsync(client, $"db{host}", 0.5);
            await UntilAsync(data, ops, status: "resolved");
        }
        using (var database = Open(data))
        {
            Assert.Empty(new IncidentStore(database, TimeProvider.System).Open());
            Assert.Empty(new OutboxStore(database).Undelivered(10));
            var alerts = new AlertStore(database).Past(100).Where(a => a.Rule == "disk-full").ToList();
            Assert.Equal(Enumerable.Range(0, Kills).Select(h => $"db{h}"), alerts.Select(a => a.Host).Order(StringComparer.Ordinal));
        }
        var keys = ops.Received.Select(r => r.Headers["Idempotency-Key"].ToString()).ToList();
        Assert.DoesNotContain("", keys);
        Assert.InRange(keys.Count - keys.Distinct(StringComparer.Ordinal).Count(), 0, Kills);
    }

    static Database Open(DataFolder data) => Database.Open(data.Database, TimeProvider.System, typeof(TokenStore).Assembly);

    static HttpClient Client(HubProcess hub, string token)
    {
        var client = new HttpClient { BaseAddress = hub.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    static async Task ReportAsync(HttpClient client, string host, double used)
    {
        using var body = new ByteArrayContent(OtlpRequests.Of(host, TimeProvider.System.GetUtcNow(), OtlpRequests.Disk(used)));
        body.Headers.ContentType = new("application/x-protobuf");
        (await client.PostAsync("/v1/metrics", body, Ct)).EnsureSuccessStatusCode();
    }

    /// <summary>Every server was named in a message of that status.</summary>
    static async Task UntilAsync(DataFolder data, ReplyServer ops, string status)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var told = ops.Received.Select(r => JsonDocument.Parse(r.Body).RootElement).Where(m => m.GetProperty("status").GetString() == status)
                .SelectMany(m => m.GetProperty("alerts").EnumerateArray()).Select(a => a.GetProperty("host").GetString()!).ToHashSet(StringComparer.Ordinal);
            if (Enumerable.Range(0, Kills).All(h => told.Contains($"db{h}")))
                return;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience,
                $"of {data.Path} only {string.Join(", ", told.Order(StringComparer.Ordinal))} were told as {status}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }
}
