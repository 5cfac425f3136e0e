using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent;
using Vigie.Agent.Link;
using Vigie.Tests.Agent.Link;

namespace Vigie.Tests.Agent;

public sealed class AgentHostTests
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 7, TimeSpan.Zero));
    readonly AgentOptions _options = new()
    {
        Root = Path.Combine(AppContext.BaseDirectory, "Cases", "Probes", "load", "debian-12-linux-6.1", "root"),
        HostName = "web1",
        DisabledProbes = ["users"],
        // Far more than passes before a busy machine gives a probe its turn.
        Interval = TimeSpan.FromMinutes(5),
        ProbeTimeout = TimeSpan.FromMinutes(4),
    };

    AgentHost Agent(IExporter exporter) => new(_options, exporter, (_, _) => { }, _time);

    async Task<T> WithTimePassingAsync<T>(Task<T> task, double step = 0.05)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(step));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        return await task;
    }

    [Fact]
    public async Task One_round_is_sent_at_once_with_the_host_and_every_probe()
    {
        var exporter = new ScriptedExporter(_ => ExportOutcome.Ok);
        Assert.Equal(ExportOutcome.Ok, await WithTimePassingAsync(Agent(exporter).RunOnceAsync(default)));
        var sent = Encoding.Latin1.GetString(Assert.Single(exporter.Accepted));
        Assert.Contains("web1", sent);
        Assert.Contains("vigie.load.1m", sent);
        Assert.Contains("vigie.probe.success", sent);
        Assert.DoesNotContain("vigie.users", sent);
    }

    [Fact]
    public async Task The_outcome_of_a_single_round_is_told()
    {
        var away = new ExportOutcome(ExportResult.Retry, Reason: "the hub is away");
        Assert.Equal(away, await WithTimePassingAsync(Agent(new ScriptedExporter(_ => away)).RunOnceAsync(default)));
    }

    [Fact]
    public async Task Rounds_carry_the_nominal_time_of_their_tick_and_the_end_flushes()
    {
        using var stop = new CancellationTokenSource();
        var exporter = new ScriptedExporter(_ => ExportOutcome.Ok);
        var running = Agent(exporter).RunAsync(stop.Token);
        var first = Tick(await WithTimePassingAsync(exporter.CallAsync(), step: 1));
        var second = Tick(await WithTimePassingAsync(exporter.CallAsync(), step: 1));
        await stop.CancelAsync();
        await running.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(first < second, $"the ticks {first} and {second} are those of whole intervals, in order");
    }

    [Fact]
    public async Task The_description_tells_who_and_what_and_sends_nothing()
    {
        var exporter = new ScriptedExporter(_ => throw new InvalidOperationException("nothing is to be sent"));
        var lines = await WithTimePassingAsync(Agent(exporter).DescribeOnceAsync(default));
        Assert.Contains("host.name = web1", lines);
        Assert.Contains("vigie.load.5m 0.48 {thread}", lines);
    }

    [Fact]
    public void Wrong_options_are_refused_with_every_error() => Assert.Contains("Interval",
        Assert.Throws<ArgumentException>(() =>
            new AgentHost(new() { Interval = TimeSpan.Zero }, new ScriptedExporter(_ => default), (_, _) => { }, _time)).Message);

    // The whole interval of that hour whose time the request carries.
    static int Tick(byte[] request) => Enumerable.Range(0, 12).Single(i => Holds(request, new(2026, 3, 1, 12, i * 5, 0, TimeSpan.Zero)));

    static bool Holds(byte[] request, DateTimeOffset time)
    {
        Span<byte> nanoseconds = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(nanoseconds, time.ToUnixTimeMilliseconds() * 1_000_000);
        return request.AsSpan().IndexOf(nanoseconds) >= 0;
    }
}
