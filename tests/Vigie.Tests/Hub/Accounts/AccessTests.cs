using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Time.Testing;
using Vigie.Hub.Accounts;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Accounts;

public sealed class AccessTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Each endpoint with its methods, an address to call it by, and its rule.</summary>
    static IEnumerable<(string Method, string Path, Access? Access, string Pattern)> Routes(TestHub hub) =>
        from endpoint in hub.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "DELETE"]
        let pattern = endpoint.RoutePattern.RawText!
        select (method, "/" + string.Join('/', pattern.Trim('/').Split('/').Select(s => s
                .Replace("{host}", "h", StringComparison.Ordinal)
                .Replace("{chart}", "cpu", StringComparison.Ordinal)
                .Replace("{name}", "h", StringComparison.OrdinalIgnoreCase)
                .Replace("{version}", "x", StringComparison.Ordinal)
                .Replace("{file}", "theme.css", StringComparison.Ordinal))),
            AccessPolicy.Of(method, pattern), pattern);

    [Fact]
    public async Task Every_line_of_the_table_is_a_route_and_what_is_not_in_it_answers_nobody()
    {
        await using var hub = await TestHub.StartAsync();
        var routes = Routes(hub).ToList();
        var served = routes.Where(r => r.Access is not null).Select(r => $"{r.Method} /{r.Pattern.Trim('/').ToLowerInvariant()}").ToList();
        Assert.DoesNotContain(AccessPolicy.Routes, r => !served.Contains(r, StringComparer.OrdinalIgnoreCase));
        using var person = await hub.PersonAsync();
        foreach (var (method, path, _, _) in routes.Where(r => r.Access is null))
            Assert.Equal(HttpStatusCode.NotFound, (await person.SendAsync(new(new(method), path), Ct)).StatusCode);
    }

    [Fact]
    public async Task Every_route_keeps_to_the_table_for_every_caller()
    {
        await using var hub = await TestHub.StartAsync();
        var callers = new Dictionary<string, HttpClient>(StringComparer.Ordinal)
        {
            ["nobody"] = await hub.ClientAsync(),
            ["write"] = await hub.ClientAsync(TokenScope.Write),
            ["read"] = await hub.ClientAsync(TokenScope.Read),
            ["admin"] = await hub.ClientAsync(TokenScope.Admin),
            ["person"] = await hub.PersonAsync(),
        };
        foreach (var (method, path, access, _) in Routes(hub).Where(r => r.Access is not null && r.Path != "/live"))
        {
            foreach (var (name, client) in callers)
            {
                bool allowed = access switch
                {
                    Access.Anyone => true,
                    Access.WriteToken => name is "write" or "admin",
                    Access.Reader => name is "read" or "admin" or "person",
                    _ => name == "person",
                };
                if (name == "person" && path == "/logout")
                    continue; // would end the session of the rest
                using var answer = await client.SendAsync(new(new(method), path), Ct);
                bool refused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                Assert.True(allowed != refused, $"{method} {path} answered {(int)answer.StatusCode} to {name}");
            }
        }
        foreach (var client in callers.Values)
            client.Dispose();
    }

    [Fact]
    public async Task A_stranger_with_a_browser_is_sent_to_the_login_and_comes_back()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Get<UserStore>().SetAsync("ada", "correct horse battery", Ct);
        using var client = new HttpClient { BaseAddress = hub.Address };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        string login = await client.GetStringAsync("/alerts", Ct);
        Assert.Contains("name=\"password\"", login, StringComparison.Ordinal);
        Assert.Contains("value=\"/alerts\"", login, StringComparison.Ordinal);
        string token = login.Split("name=\"form-token\" value=\"")[1].Split('"')[0];
        Task<HttpResponseMessage> TryAsync(string password, string formToken) =>
            client.PostAsync("/login", new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["user"] = "ada",
                ["password"] = password,
                ["next"] = "/alerts",
                ["form-token"] = formToken,
            }), Ct);
        Assert.Contains("do not match", await (await TryAsync("wrong", token)).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.EndsWith("failed=form", (await TryAsync("correct horse battery", "forged")).RequestMessage!.RequestUri!.Query,
            StringComparison.Ordinal);
        var inside = await TryAsync("correct horse battery", token);
        Assert.Equal("/alerts", inside.RequestMessage!.RequestUri!.AbsolutePath);

        await hub.Get<UserStore>().SetAsync("ada", "another password", Ct);
        Assert.Equal("/login", (await client.GetAsync("/alerts", Ct)).RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task A_one_time_link_works_once_and_for_fifteen_minutes()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(time);
        var links = hub.Get<LoginLinks>();
        string code = links.Create();
        Assert.True(links.Use(code));
        Assert.False(links.Use(code));
        string late = links.Create();
        time.Advance(TimeSpan.FromMinutes(16));
        Assert.False(links.Use(late));
        Assert.False(links.Use("made up"));
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.ClientAsync();
        var answers = new List<HttpStatusCode>();
        for (int i = 0; i < 12; i++)
            answers.Add((await client.GetAsync("/login/once?code=guess", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
    }

    [Theory]
    [InlineData("//evil.example", "/"), InlineData("https://evil.example", "/"), InlineData("/\\evil", "/"),
        InlineData("/hosts/a?range=1h", "/hosts/a?range=1h"), InlineData(null, "/")]
    public void A_way_back_leads_nowhere_else(string? next, string local) => Assert.Equal(local, LoginEndpoints.Local(next));

    [Fact]
    public async Task A_token_is_stored_as_a_hash_and_stops_when_revoked()
    {
        await using var hub = await TestHub.StartAsync();
        string token = await hub.TokenAsync(TokenScope.Read, "grafana");
        using var client = await hub.ClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/alerts", Ct)).StatusCode);
        Assert.DoesNotContain(token, await ReadSharedAsync(hub.Folder.Database), StringComparison.Ordinal);
        Assert.True(await hub.Get<TokenStore>().RevokeAsync("grafana", Ct));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/alerts", Ct)).StatusCode);
    }

    static async Task<string> ReadSharedAsync(string path)
    {
        var text = new System.Text.StringBuilder();
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(path)!, "monitoring.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            text.Append(await reader.ReadToEndAsync(Ct));
        }
        return text.ToString();
    }
}
