using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigie.Hub.Accounts;
using Vigie.Hub.Enrolment;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Enrolment;

public sealed class EnrolmentStoreTests
{
    [Fact]
    public async Task A_token_works_as_often_and_as_long_as_it_was_made_for()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        await using var hub = await TestHub.StartAsync(time);
        var store = hub.Get<EnrolmentStore>();
        string token = await store.CreateAsync(2, TimeSpan.FromHours(1));
        Assert.NotNull(await store.RedeemAsync(token, "a"));
        Assert.NotNull(await store.RedeemAsync(token, "a"));
        Assert.Null(await store.RedeemAsync(token, "a"));
        Assert.Equal(["a", "a (2)"], hub.Get<TokenStore>().All().Select(t => t.Name));

        string late = await store.CreateAsync(5, TimeSpan.FromHours(1)), ended = await store.CreateAsync(5, TimeSpan.FromHours(1));
        Assert.NotNull(await store.RedeemAsync(late, "b"));
        Assert.Equal(2, await store.RevokeAllAsync());
        Assert.Null(await store.RedeemAsync(ended, "b"));
        late = await store.CreateAsync(5, TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await store.RedeemAsync(late, "b"));
    }

    [Fact]
    public async Task Many_at_once_get_no_more_than_there_are()
    {
        await using var hub = await TestHub.StartAsync();
        var store = hub.Get<EnrolmentStore>();
        string token = await store.CreateAsync(3, TimeSpan.FromHours(1));
        var got = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => store.RedeemAsync(token, "web"))));
        Assert.Equal(3, got.Where(c => c is not null).Distinct().Count());
    }

    [Theory]
    [InlineData("enroll_unknown", "web1", HttpStatusCode.Forbidden)]
    [InlineData("vigie_other", "web1", HttpStatusCode.Forbidden)]
    [InlineData(null, "web1", HttpStatusCode.Unauthorized)]
    [InlineData("enroll_unknown", "", HttpStatusCode.BadRequest)]
    [InlineData("enroll_unknown", "a b\n", HttpStatusCode.BadRequest)]
    public async Task A_wrong_request_is_told_what_is_missing(string? token, string name, HttpStatusCode status)
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.ClientAsync();
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("name", name)]);
        var response = await client.PostAsync("/api/v1/enroll", form);
        Assert.Equal(status, response.StatusCode);
        Assert.NotEmpty(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_host_header_never_gets_into_the_script_as_code()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.ClientAsync();
        Assert.True(client.DefaultRequestHeaders.TryAddWithoutValidation("Host", "a'$(id)"));
        var response = await client.GetAsync("/install");
        Assert.DoesNotContain("$(id)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Only_the_agents_are_handed_out()
    {
        await using var hub = await TestHub.StartAsync();
        Directory.CreateDirectory(Path.Combine(hub.Folder.Path, "agents"));
        await File.WriteAllTextAsync(Path.Combine(hub.Folder.Path, "agents", "vigie-agent-linux-x64"), "agent");
        await File.WriteAllTextAsync(Path.Combine(hub.Folder.Path, "agents", "secret"), "secret");
        using var client = await hub.ClientAsync();
        Assert.Equal("agent", await client.GetStringAsync("/install/vigie-agent-linux-x64"));
        foreach (string other in new[] { "secret", "..%2Fmonitoring.db", "vigie-agent-linux-arm64" })
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/install/{other}")).StatusCode);
    }

    [Fact]
    public async Task The_page_makes_a_line_for_a_person()
    {
        await using var hub = await TestHub.StartAsync();
        Directory.CreateDirectory(Path.Combine(hub.Folder.Path, "agents"));
        await File.WriteAllTextAsync(Path.Combine(hub.Folder.Path, "agents", "vigie-agent-linux-x64"), "agent");
        using var person = await hub.PersonAsync();
        string page = await person.GetStringAsync("/enroll");
        string antiforgery = page.Split("name=\"form-token\" value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "enroll",
            ["form-token"] = antiforgery,
            ["Uses"] = "3",
            ["Hours"] = "2",
        });
        string made = await (await person.PostAsync("/enroll", form)).Content.ReadAsStringAsync();
        Assert.Contains("--token ", made, StringComparison.Ordinal);
        string token = made.Split("--token ")[1].Split('<')[0].Trim();
        for (int i = 0; i < 3; i++)
            Assert.NotNull(await hub.Get<EnrolmentStore>().RedeemAsync(token, "web"));
        Assert.Null(await hub.Get<EnrolmentStore>().RedeemAsync(token, "web"));
    }
}
