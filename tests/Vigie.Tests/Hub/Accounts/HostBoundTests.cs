using System.Net;
using System.Text;
using Vigie.Hub.Accounts;
using Vigie.Hub.Enrolment;
using Vigie.Hub.Hosts;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Accounts;

/// <summary>What a credential of one server may say of others.</summary>
public sealed class HostBoundTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<HttpClient> EnrolledAsync(TestHub hub, string host)
    {
        var enrolments = hub.Get<EnrolmentStore>();
        string credential = (await enrolments.RedeemAsync(await enrolments.CreateAsync(1, TimeSpan.FromHours(1), Ct), host, Ct))!;
        return new() { BaseAddress = hub.Address, DefaultRequestHeaders = { Authorization = new("Bearer", credential) } };
    }

    static async Task<(HttpStatusCode Status, string Said)> SendAsync(HttpClient client, string host)
    {
        using var body = new ByteArrayContent(OtlpRequests.Of(host, Noon, OtlpRequests.Memory(0.5)))
        {
            Headers = { ContentType = new("application/x-protobuf") },
        };
        using var answer = await client.PostAsync("/v1/metrics", body, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task An_enrolled_server_speaks_for_itself_and_for_no_other()
    {
        await using var hub = await TestHub.StartAsync();
        using var web1 = await EnrolledAsync(hub, "web1");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(web1, "web1")).Status);
        var (status, said) = await SendAsync(web1, "db1");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("speaks for the host web1 only, not for db1", said, StringComparison.Ordinal);
        Assert.Null(hub.Get<HostDirectory>().Find("db1")); // and nothing of it is stored
        foreach (string path in new[] { "/api/v1/hosts/snapshot?kind=checks&host=db1", "/api/v1/heartbeat?host=db1&job=backup&state=end" })
        {
            using var answer = await web1.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"), Ct);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        using var own = await web1.PostAsync("/api/v1/hosts/snapshot?kind=checks&host=web1", new StringContent("{}"), Ct);
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
    }

    [Fact]
    public async Task A_second_server_of_the_same_name_gets_a_token_of_its_own_for_that_name()
    {
        await using var hub = await TestHub.StartAsync();
        using var first = await EnrolledAsync(hub, "web1");
        using var second = await EnrolledAsync(hub, "web1");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(second, "web1")).Status);
        Assert.Equal(["web1", "web1"], hub.Get<TokenStore>().All().Select(t => t.Host));
        Assert.Equal(["web1", "web1 (2)"], hub.Get<TokenStore>().All().Select(t => t.Name));
    }

    [Fact]
    public async Task A_token_made_by_hand_speaks_for_every_host_unless_told_otherwise()
    {
        await using var hub = await TestHub.StartAsync();
        using var free = await hub.ClientAsync(TokenScope.Write);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(free, "web1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(free, "db1")).Status);
        string token = (await hub.Get<TokenStore>().CreateAsync("prometheus", TokenScope.Write, Ct, host: "node1"))!;
        using var bound = new HttpClient { BaseAddress = hub.Address, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(bound, "db1")).Status);
        foreach (var (host, expected) in new[] { ("db1", HttpStatusCode.Forbidden), ("node1", HttpStatusCode.NoContent) })
        {
            using var body = new ByteArrayContent(Snappier.Snappy.CompressToArray(RemoteWriteRequest.V1(
                RemoteWriteRequest.One(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), ("__name__", "m"), ("host", host)))));
            body.Headers.TryAddWithoutValidation("Content-Type", RemoteWriteRequest.V1Type);
            body.Headers.TryAddWithoutValidation("Content-Encoding", "snappy");
            using var answer = await bound.PostAsync("/api/v1/write", body, Ct);
            Assert.Equal(expected, answer.StatusCode);
        }
    }
}
