using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Probes;

public sealed class SystemdProbeTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("vigie-units-").FullName;
    readonly FakeTimeProvider _time = new();
    IReadOnlyList<SystemdUnit> _units = [];
    int _asked;

    SystemdProbe Probe(ListUnits? list = null)
    {
        Directory.CreateDirectory(Path.Combine(_root, "run/systemd/system"));
        return new(new(new HostRoot(_root), _time, TimeSpan.FromSeconds(10)), list ?? (_ =>
        {
            _asked++;
            return Task.FromResult(_units);
        }));
    }

    [Fact]
    public async Task Systemd_is_asked_once_a_minute_and_its_answer_stands_in_between()
    {
        var probe = Probe();
        _units = [new("a.service", "failed", "failed")];
        for (int i = 0; i < 8; i++)
        {
            Assert.Contains("unit.failed{unit=\"a.service\"} 1", (await CollectedProbe.FromAsync(probe)).Text);
            _time.Advance(TimeSpan.FromSeconds(15));
        }
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task A_unit_that_has_recovered_is_told_so_for_longer_than_a_query_looks_back()
    {
        var probe = Probe();
        _units = [new("a.service", "failed", "failed")];
        await CollectedProbe.FromAsync(probe);
        _units = [new("a.service", "active", "running")];
        for (int minute = 1; minute <= 6; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Contains("unit.failed{unit=\"a.service\"} 0", (await CollectedProbe.FromAsync(probe)).Text);
        }
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain("unit.failed", (await CollectedProbe.FromAsync(probe)).Text);
    }

    [Fact]
    public async Task A_bus_that_does_not_answer_fails_the_probe_before_its_own_time_is_up()
    {
        var collect = CollectedProbe.FromAsync(Probe(async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            return [];
        }));
        _time.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Contains("within 5 s", (await Assert.ThrowsAsync<TimeoutException>(() => collect)).Message);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
