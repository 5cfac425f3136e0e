using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Vigie.Hub.Alerts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Inventory;
using Vigie.Hub.Web;
using Vigie.Tests.Support;
using TestContext = Xunit.TestContext;

namespace Vigie.Tests.Hub.Web;

/// <summary>Every page on no host, one host and many.</summary>
public sealed class PageRenderTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Pages()
    {
        var data = new TheoryData<string, int>();
        foreach (var page in typeof(App).Assembly.GetTypes()
            .Where(t => t.IsDefined(typeof(RouteAttribute), false) && t != typeof(NotFoundPage) && !Route(t).Contains('{', StringComparison.Ordinal)))
            foreach (int hosts in new[] { 0, 1, 250 })
                data.Add(page.Name, hosts);
        return data;
    }

    static string Route(Type page) => page.GetCustomAttributes(typeof(RouteAttribute), false).Cast<RouteAttribute>().First().Template;

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_renders(string name, int hosts)
    {
        await using var hub = await TestHub.StartAsync(new FakeTimeProvider(Noon));
        for (int i = 0; i < hosts; i++)
            await hub.Get<SampleIngest>()
                .TakeAsync(OtlpRequests.Of($"h{i:000}", Noon, OtlpRequests.Disk(i % 5 == 0 ? 1 : 0.4), OtlpRequests.Memory(0.5)), "", Ct);
        await hub.Get<AlertEngine>().EvaluateAsync(Ct);
        using var person = await hub.PersonAsync();
        var page = typeof(App).Assembly.GetTypes().Single(t => t.Name == name && t.IsDefined(typeof(RouteAttribute), false));
        string route = Route(page);
        var answer = await person.GetAsync(route, Ct);
        string html = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, html);
        Assert.Contains("<h1", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=\"", html, StringComparison.Ordinal); // the policy forbids it
        if (route == "/")
            Assert.Equal(Math.Min(200, hosts), html.Split("<tr data-host=").Length - 1);
    }

    [Fact]
    public async Task A_wrong_address_gets_a_page_for_people_and_a_sentence_for_programs()
    {
        await using var hub = await TestHub.StartAsync();
        using var person = await hub.PersonAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere") { Headers = { { "Accept", "text/html" } } };
        using var page = await person.SendAsync(request, Ct);
        Assert.Equal(404, (int)page.StatusCode);
        Assert.Contains("There is no such page", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var program = await person.GetAsync("/nowhere", Ct);
        Assert.Equal("application/json", program.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_worst_hosts_stand_first()
    {
        var time = new FakeTimeProvider(Noon);
        await using var hub = await TestHub.StartAsync(time);
        var ingest = hub.Get<SampleIngest>();
        await ingest.TakeAsync(OtlpRequests.Of("silent", Noon.AddMinutes(-20), OtlpRequests.Disk(0.1)), "", Ct);
        await ingest.TakeAsync(OtlpRequests.Of("well", Noon, OtlpRequests.Disk(0.1)), "", Ct);
        await ingest.TakeAsync(OtlpRequests.Of("full", Noon, OtlpRequests.Disk(1.0)), "", Ct);
        await hub.Get<AlertEngine>().EvaluateAsync(Ct);
        using var person = await hub.PersonAsync();
        string html = await person.GetStringAsync("/", Ct);
        Assert.Equal(["silent", "full", "well"], html.Split("<tr data-host=\"").Skip(1).Select(r => r.Split('"')[0]));
    }

    [Fact]
    public void A_meter_writes_numbers_that_html_understands()
    {
        using var context = new BunitContext();
        var accessor =
            new HttpContextAccessor { HttpContext = new DefaultHttpContext { Request = { Headers = { AcceptLanguage = "fr" } } } };
        context.Services.AddSingleton(new Viewer(accessor, new(), TimeProvider.System));
        var meter = context.Render<Meter>(p => p.Add(m => m.Value, 0.561).Add(m => m.Field, "cpu"));
        Assert.Equal("0.561", meter.Find("meter").GetAttribute("value"));
        Assert.Equal("56,1\u00a0%", meter.Find("span[data-field]").TextContent);
    }
}
