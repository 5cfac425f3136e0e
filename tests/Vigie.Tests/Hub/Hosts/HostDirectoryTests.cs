using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Hosts;

public sealed class HostDirectoryTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    readonly TempFolder _folder = new();
    readonly FakeTimeProvider _time = new(Start);
    Database _database;
    HostDirectory _hosts;
    SampleIngest _ingest;

    public HostDirectoryTests() => (_database, _hosts, _ingest) = Open();

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    (Database, HostDirectory, SampleIngest) Open()
    {
        var database = Database.Open(_folder["monitoring.db"], _time, typeof(HostStore).Assembly);
        var hosts = new HostDirectory(new(database), _time);
        var disk = new DiskWatch(new(_folder.Path), new(), _time, NullLogger<DiskWatch>.Instance);
        return (database, hosts, new(new(new(), _time), new(new(), _time), new MetricStore(database, _time, new()), hosts, new(), disk));
    }

    void Restart(TimeSpan off)
    {
        _database.Dispose();
        _time.Advance(off);
        (_database, _hosts, _ingest) = Open();
    }

    async Task SendAsync(string host, DateTimeOffset? at = null, params ResourceAttribute[] attributes)
    {
        var samples = new OtlpSamples();
        samples.Add(OtlpRequests.CpuUtilization, 0.5, 0);
        var writer = new OtlpMetricsWriter([new("host.name", host), .. attributes], "s", "1");
        await _ingest.TakeAsync(writer.Write(samples, (ulong)(at ?? _time.GetUtcNow()).ToUnixTimeMilliseconds() * 1_000_000)
            .ToArray(), "x", default);
    }

    async Task<double> SilenceAsync(string host)
    {
        var batch = await _hosts.SweepAsync(default);
        for (int i = 0; i < batch.Count; i++)
            if (batch.Series[i].Labels["host"] == host && batch.Series[i].Labels.Name == "vigie_host_silence_seconds")
                return batch.Values[i];
        throw new KeyNotFoundException(host);
    }

    [Fact]
    public async Task A_host_appears_with_its_system_and_addresses_and_survives_a_restart()
    {
        await SendAsync("alpha", null, new("os.description", "Debian GNU/Linux 13"), new("host.arch", "amd64"),
            new("host.ip", new[] { "192.0.2.1", "2001:db8::1" }), new("vigie.agent.interval", "5"));
        Restart(TimeSpan.FromSeconds(1));
        var host = _hosts.Find("alpha")!;
        Assert.Equal(("Debian GNU/Linux 13", "amd64", Start, TimeSpan.FromSeconds(5)),
            (host.Os, host.Architecture, host.Last, host.Interval));
        Assert.Equal(["192.0.2.1", "2001:db8::1"], host.Addresses);
    }

    [Fact]
    public async Task The_last_time_survives_a_restart_and_never_goes_back()
    {
        await SendAsync("alpha");
        _time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync("alpha");
        await SendAsync("alpha", Start.AddSeconds(10)); // a late one
        await _hosts.SweepAsync(default);
        Restart(TimeSpan.FromMinutes(5));
        Assert.Equal((Start.AddMinutes(1), Start.ToUnixTimeMilliseconds()), (_hosts.Find("alpha")!.Last, _hosts.Find("alpha")!.FirstMs));
    }

    [Fact]
    public async Task Silence_grows_and_ends_with_the_next_sample()
    {
        await SendAsync("alpha");
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(31 * 60, await SilenceAsync("alpha"));
        await SendAsync("alpha");
        Assert.Equal(0, await SilenceAsync("alpha"));
    }

    [Fact]
    public async Task A_host_is_not_blamed_for_the_hub_s_own_absence()
    {
        await SendAsync("alpha");
        await SendAsync("gone", Start.AddMinutes(-20));
        await _hosts.SweepAsync(default);
        Restart(TimeSpan.FromHours(5));
        Assert.Equal((0, 20 * 60), (await SilenceAsync("alpha"), await SilenceAsync("gone")));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((10 * 60, 30 * 60), (await SilenceAsync("alpha"), await SilenceAsync("gone")));
        await SendAsync("alpha");
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(2 * 60, await SilenceAsync("alpha"));
    }

    [Fact]
    public async Task What_a_host_sends_later_of_the_hub_s_absence_shortens_its_excuse()
    {
        await SendAsync("alpha");
        await _hosts.SweepAsync(default);
        Restart(TimeSpan.FromHours(5));
        // Its queue holds samples up to one hour before the hub came back; then it fell silent.
        await SendAsync("alpha", Start.AddHours(4));
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(31 * 60, await SilenceAsync("alpha"));
    }

    [Fact]
    public async Task A_clock_that_runs_ahead_makes_no_negative_silence()
    {
        await SendAsync("alpha", Start.AddMinutes(9));
        Assert.Equal(0, await SilenceAsync("alpha"));
    }

    [Fact]
    public async Task A_service_on_the_host_does_not_take_away_what_its_agent_has_told()
    {
        await SendAsync("alpha", null, new("os.description", "Debian"), new("host.ip", "192.0.2.1"), new("service.name", "vigie-agent"));
        await SendAsync("alpha", null, new("service.name", "shop"), new("telemetry.sdk.name", "opentelemetry"),
            new("process.pid", 7L), new("host.arch", "arm64"));
        Restart(TimeSpan.Zero);
        var host = _hosts.Find("alpha")!;
        Assert.Equal(("Debian", "192.0.2.1", "arm64"), (host.Os, host.Addresses[0], host.Architecture));
        Assert.DoesNotContain(host.Attributes.Keys, k => k.StartsWith("service.", StringComparison.Ordinal)
            || k.StartsWith("process.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_has_changed_is_stored_at_once()
    {
        await SendAsync("alpha", null, new ResourceAttribute("os.description", "Debian 12"));
        await SendAsync("alpha", null, new ResourceAttribute("os.description", "Debian 13"));
        Restart(TimeSpan.Zero);
        Assert.Equal("Debian 13", _hosts.Find("alpha")!.Os);
    }

    [Fact]
    public async Task Who_has_reported_is_told_after_it_is_stored()
    {
        var told = new List<string>();
        _hosts.Reported += hosts =>
            told.AddRange(hosts.Select(h => $"{h} {_database.Read(c => Database.Scalar<long>(c, "SELECT count(*) FROM journal"))}"));
        await SendAsync("alpha");
        await SendAsync("beta");
        Assert.Equal(["alpha 1", "beta 2"], told);
    }

    [Fact]
    public async Task A_sweep_that_fails_loses_no_last_time()
    {
        await SendAsync("alpha");
        _time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync("alpha");
        await _database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA query_only=ON"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _hosts.SweepAsync(default));
        await _database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA query_only=OFF"));
        await _hosts.SweepAsync(default);
        Restart(TimeSpan.Zero);
        Assert.Equal(Start.AddMinutes(1), _hosts.Find("alpha")!.Last);
    }

    [Fact]
    public async Task A_deleted_host_is_gone_until_it_reports_again()
    {
        await SendAsync("alpha");
        await SendAsync("alpha");
        await _hosts.DeleteAsync("alpha", default);
        Assert.Equal(0, (await _hosts.SweepAsync(default)).Count);
        Restart(TimeSpan.Zero);
        Assert.Empty(_hosts.All);
        await SendAsync("alpha");
        Assert.Single(_hosts.All);
    }
}
