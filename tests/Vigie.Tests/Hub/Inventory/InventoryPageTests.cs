using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Inventory;
using Vigie.Hub.Accounts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Snapshots;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Inventory;

public sealed class InventoryPageTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<TestHub> HubAsync()
    {
        var hub = await TestHub.StartAsync(new FakeTimeProvider(Noon));
        await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of("web1", Noon, OtlpRequests.Memory(0.5)), "", Ct);
        return hub;
    }

    [Fact]
    public async Task A_hosts_page_tells_what_it_is_made_of_and_links_to_its_packages()
    {
        await using var hub = await HubAsync();
        using var person = await hub.PersonAsync();
        Assert.DoesNotContain("id=\"inventory\"", await person.GetStringAsync("/hosts/web1", Ct), StringComparison.Ordinal);
        await SampleInventory.WriteAsync(hub, "web1");
        string html = await person.GetStringAsync("/hosts/web1", Ct);
        foreach (string told in new[] { "6.1.0-25-amd64", "also installed: 6.1.0-26-amd64", "restart required", "AMD EPYC 7543", "192.0.2.10/24",
            "nginx.service", "/hosts/web1/packages", "the agent may not see: 38" })
            Assert.Contains(told, html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "zlib")]
    [InlineData("SSL", "openssl")]
    [InlineData("libkrb51", "krb5")]
    [InlineData("open 18", "openssl")]
    public async Task Packages_are_found_by_source_binary_and_version(string query, string found)
    {
        await using var hub = await HubAsync();
        await SampleInventory.WriteAsync(hub, "web1");
        using var person = await hub.PersonAsync();
        string html = await person.GetStringAsync($"/hosts/web1/packages?q={query}", Ct);
        Assert.Contains($"<th scope=\"row\">{found}</th>", html, StringComparison.Ordinal);
        Assert.Equal(query.Length == 0 ? SampleInventory.Document.Packages.Count : 1, html.Split("<tr>").Length - 2);
    }

    [Fact]
    public async Task A_host_without_packages_and_an_unknown_one_have_pages_that_say_so()
    {
        await using var hub = await HubAsync();
        using var person = await hub.PersonAsync();
        Assert.Contains("has told of no packages", await person.GetStringAsync("/hosts/web1/packages", Ct), StringComparison.Ordinal);
        using var unknown = await person.GetAsync("/hosts/web2/packages", Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Programs_get_the_document_with_a_token_for_reading_only()
    {
        await using var hub = await HubAsync();
        await SampleInventory.WriteAsync(hub, "web1");
        using var reader = await hub.ClientAsync(TokenScope.Read);
        using var answer = await reader.GetAsync("/api/v1/hosts/inventory?host=web1", Ct);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Noon, answer.Content.Headers.LastModified);
        var json = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(Ct), DocumentJson.Default.InventoryDocument)!;
        Assert.Equal(SampleInventory.Document.Packages.Count, json.Packages.Count);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync("/api/v1/hosts/inventory?host=web2", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await reader.GetAsync("/api/v1/hosts/inventory", Ct)).StatusCode);
        using var writer = await hub.ClientAsync(TokenScope.Write);
        Assert.Equal(HttpStatusCode.Forbidden, (await writer.GetAsync("/api/v1/hosts/inventory?host=web1", Ct)).StatusCode);
    }

    [Fact]
    public async Task An_agents_document_of_3000_packages_is_taken()
    {
        await using var hub = await HubAsync();
        using var writer = await hub.ClientAsync(TokenScope.Write);
        var large = SampleInventory.Document with
        {
            Packages = [.. Enumerable.Range(0, 3000).Select(i => new PackageInfo($"source-{i}", $"1:{i}.2024+dfsg-3", [$"lib{i}", $"lib{i}-dev"],
                "Debian Developers <debian-devel@lists.debian.org>"))],
        };
        using var body = new ByteArrayContent(large.Write()) { Headers = { ContentType = new("application/json") } };
        using var answer = await writer.PostAsync("/api/v1/hosts/snapshot?kind=inventory&host=web1", body, Ct);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        using var person = await hub.PersonAsync();
        Assert.Contains("The first 500 of 3000", await person.GetStringAsync("/hosts/web1/packages", Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"os":null,"packages":[null,{"source":null},{"source":"x"}],"services":[{}],"interfaces":[{"name":"<b>"}],"kernels":[null]}""")]
    [InlineData("""{"os":{"name":"<script>alert(1)</script>"},"notes":["<img src=x>"],"packages":[{"source":"<script>","version":"\u202E"}]}""")]
    [InlineData("""{"packages":"many"}""")]
    public async Task A_hostile_document_breaks_no_page(string json)
    {
        await using var hub = await HubAsync();
        await hub.Get<SnapshotStore>().SaveAsync("web1", InventoryDocument.Kind, Encoding.UTF8.GetBytes(json), Ct);
        using var person = await hub.PersonAsync();
        foreach (string path in new[] { "/hosts/web1", "/hosts/web1/packages" })
        {
            string html = await person.GetStringAsync(path, Ct);
            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        }
    }
}
