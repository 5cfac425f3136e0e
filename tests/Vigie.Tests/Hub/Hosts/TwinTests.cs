using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Otlp;
using Vigie.Hub.Alerts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Hosts;

public sealed class TwinTests : IAsyncLifetime
{
    readonly FakeTimeProvider _time = new(new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    TestHub _hub = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    HostDirectory Hosts => _hub.Get<HostDirectory>();

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(_time);

    public async ValueTask DisposeAsync() => await _hub.DisposeAsync();

    async Task SendAsync(string machine, string address = "192.0.2.1", string service = "vigie-agent")
    {
        var samples = new OtlpSamples();
        samples.Add(OtlpRequests.CpuUtilization, 0.5, 0);
        var writer = new OtlpMetricsWriter(
            [new("host.name", "web1"), new("service.name", service), new("host.id", machine), new("host.ip", address), new("vigie.agent.interval", "15")],
            "vigie-agent", "test");
        await _hub.Get<SampleIngest>().TakeAsync(writer.Write(samples, (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000), "", Ct);
        _time.Advance(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Two_servers_that_take_turns_are_told_on_the_page_and_by_an_alert_that_ends()
    {
        await SendAsync("aaaa1111bbbb2222cccc", "192.0.2.1");
        await SendAsync("dddd3333eeee4444ffff", "192.0.2.2");
        Assert.Empty(Hosts.TwinsOf("web1")); // it may have been set up anew
        await SendAsync("aaaa1111bbbb2222cccc", "192.0.2.1");
        Assert.Equal([new("aaaa1111bbbb2222cccc", "192.0.2.1"), new("dddd3333eeee4444ffff", "192.0.2.2")], Hosts.TwinsOf("web1"));

        await EvaluateAsync();
        var alert = Assert.Single(_hub.Get<AlertStore>().Open(), a => a.Rule == "host-twins");
        Assert.Equal(2, alert.Value);
        using var person = await _hub.PersonAsync();
        string html = await person.GetStringAsync("/hosts/web1", Ct);
        Assert.Contains("Several servers report under one name", html, StringComparison.Ordinal);
        Assert.Contains("192.0.2.2 (machine-id dddd3333eeee", html, StringComparison.Ordinal);

        for (int i = 0; i < 40; i++)
            await SendAsync("aaaa1111bbbb2222cccc", "192.0.2.1");
        Assert.Empty(Hosts.TwinsOf("web1"));
        _time.Advance(TimeSpan.FromMinutes(5)); // past which a sample counts no more
        await SendAsync("aaaa1111bbbb2222cccc", "192.0.2.1");
        await EvaluateAsync();
        Assert.DoesNotContain(_hub.Get<AlertStore>().Open(), a => a.Rule == "host-twins");
    }

    [Fact]
    public async Task Copies_of_one_machine_are_told_apart_by_their_addresses()
    {
        foreach (string address in new[] { "192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2" })
            await SendAsync("same", address);
        Assert.Equal(2, Hosts.TwinsOf("web1").Count);
    }

    [Fact]
    public async Task Another_kind_of_sender_is_no_twin()
    {
        foreach (string service in new[] { "vigie-agent", "otelcol", "vigie-agent", "otelcol" })
            await SendAsync(service, service: service);
        Assert.Empty(Hosts.TwinsOf("web1"));
    }

    [Fact]
    public async Task A_server_that_was_set_up_anew_or_moved_is_no_twin_of_itself()
    {
        foreach (string machine in new[] { "old", "old", "new", "new", "newer", "newer" })
            await SendAsync(machine);
        Assert.Empty(Hosts.TwinsOf("web1"));
    }

    async Task EvaluateAsync()
    {
        await _hub.Get<MetricStore>().WriteAsync(await Hosts.SweepAsync(Ct), Ct);
        await _hub.Get<AlertEngine>().EvaluateAsync(Ct);
    }
}
