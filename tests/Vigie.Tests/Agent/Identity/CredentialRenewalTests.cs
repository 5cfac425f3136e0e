using System.Net;
using Vigie.Agent.Identity;
using Vigie.Hub.Accounts;
using Vigie.Hub.Enrolment;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Identity;

/// <summary>An agent's renewal against a real hub.</summary>
public sealed class CredentialRenewalTests : IAsyncLifetime
{
    readonly TempFolder _folder = new();
    readonly List<string> _log = [];
    TestHub _hub = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    string TokenFile => _folder["token"];

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    async Task<string> EnrolAsync()
    {
        var enrolments = _hub.Get<EnrolmentStore>();
        return (await enrolments.RedeemAsync(await enrolments.CreateAsync(1, TimeSpan.FromHours(1), Ct), "web1", Ct))!;
    }

    async Task WriteAsync(string token, double daysOld)
    {
        await File.WriteAllTextAsync(TokenFile, token + "\n", Ct);
        File.SetLastWriteTimeUtc(TokenFile, (TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(daysOld)).UtcDateTime);
    }

    Task<bool> RenewAsync() => new CredentialRenewal(_hub.Address, TokenFile, null, TimeProvider.System, (_, text) => _log.Add(text)).TryRenewAsync(Ct);

    async Task<HttpStatusCode> UseAsync(string token)
    {
        using var client = new HttpClient { BaseAddress = _hub.Address, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        using var body = new ByteArrayContent(OtlpRequests.Of("web1", TimeProvider.System.GetUtcNow(), OtlpRequests.Memory(0.5)))
        {
            Headers = { ContentType = new("application/x-protobuf") },
        };
        using var answer = await client.PostAsync("/v1/metrics", body, Ct);
        return answer.StatusCode;
    }

    async Task<string> KeptAsync() => (await File.ReadAllTextAsync(TokenFile, Ct)).TrimEnd('\n');

    [Fact]
    public async Task An_old_credential_is_exchanged_and_ends_when_the_new_one_is_used()
    {
        string old = await EnrolAsync();
        await WriteAsync(old, daysOld: 31);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(old));
        Assert.True(await RenewAsync());
        string renewed = await KeptAsync();
        Assert.NotEqual(old, renewed);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(old)); // what was on its way arrives
        Assert.Equal(HttpStatusCode.OK, await UseAsync(renewed));
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(old));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(renewed));
        Assert.Equal("web1", Assert.Single(_hub.Get<TokenStore>().All()).Host); // as before, one row
        Assert.False(await RenewAsync()); // young again
        await _hub.Get<TokenStore>().RevokeAsync("web1", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(renewed));
    }

    [Fact]
    public async Task A_new_credential_that_was_lost_on_the_way_cuts_nobody_off()
    {
        string old = await EnrolAsync();
        string lost = (await _hub.Get<TokenStore>().RenewAsync(old, Ct))!;
        await WriteAsync(old, daysOld: 31);
        Assert.True(await RenewAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(lost)); // the last one counts
        Assert.Equal(HttpStatusCode.OK, await UseAsync(await KeptAsync()));
    }

    [Fact]
    public async Task A_young_one_one_made_by_hand_and_one_of_a_hub_that_is_away_stay_as_they_are()
    {
        string young = await EnrolAsync();
        await WriteAsync(young, daysOld: 29);
        Assert.False(await RenewAsync());
        string free = (await _hub.Get<TokenStore>().CreateAsync("free", TokenScope.Write, Ct))!;
        await WriteAsync(free, daysOld: 31);
        Assert.False(await RenewAsync());
        Assert.Empty(_log);
        await WriteAsync("vigie_unknown", daysOld: 31);
        Assert.False(await RenewAsync());
        Assert.Contains("could not be renewed", Assert.Single(_log), StringComparison.Ordinal);
        Assert.Equal("vigie_unknown", await KeptAsync());
    }

    [Fact]
    public async Task Nothing_is_asked_for_that_can_not_be_kept()
    {
        Directory.CreateDirectory(TokenFile); // which nobody can write into, not even root
        Directory.SetLastWriteTimeUtc(TokenFile, (TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(31)).UtcDateTime);
        Assert.False(await RenewAsync());
        Assert.Contains("could not be renewed", Assert.Single(_log), StringComparison.Ordinal);
    }
}
