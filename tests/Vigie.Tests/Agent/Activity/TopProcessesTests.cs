using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Activity;
using Vigie.Agent.Reading;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Activity;

public sealed class TopProcessesTests : IDisposable
{
    readonly HostFolder _host = new HostFolder()
        .With("/proc/stat", "cpu 1 2 3\nbtime 1767225600\n")
        .With("/etc/passwd", "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n");

    readonly FakeTimeProvider _time = new();

    void Process(int pid, string name, int ticks, int pages, int uid = 0, int started = 600_000) => _host
        .With($"/proc/{pid}/stat", string.Create(CultureInfo.InvariantCulture,
            $"{pid} ({name}) S 1 1 1 0 -1 4194560 1 2 3 4 {ticks - (ticks / 4)} {ticks / 4} "
            + $"0 0 20 0 1 0 {started} 100000 {pages} 18446744073709551615 1 1 0\n"))
        .With($"/proc/{pid}/status", $"Name:\t{name}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n");

    TopProcesses Create(bool hide = false) => new(_host.Root, new(_host.Root, _time), new(_host.Root, hide), _time);

    [Fact]
    public void The_greediest_come_first_with_their_users_and_no_more_than_five()
    {
        Process(1, "systemd", 400, 3000);
        Process(20, "a (odd) name", 1000, 200, uid: 1000);
        for (int i = 0; i < 8; i++)
            Process(100 + i, $"worker{i}", 10, 100 + i, uid: 4242);
        var top = Create();
        Assert.Empty(top.Read().ByCpu); // one reading tells of no share
        _time.Advance(TimeSpan.FromMinutes(1));
        Process(20, "a (odd) name", 10_000, 200, uid: 1000);
        Process(1, "systemd", 430, 3000);
        Process(107, "worker7", 5, 107, uid: 4242, started: 610_000); // another process of the same number
        var (byCpu, byMemory, count) = top.Read();
        Assert.Equal(10, count);
        Assert.Equal([(20, "a (odd) name", "ada", 1.5), (1, "systemd", "root", 0.005)], byCpu.Select(p => (p.Pid, p.Name, p.User, p.Cpu)));
        Assert.Equal([1, 20, 107, 106, 105], byMemory.Select(p => p.Pid));
        Assert.Equal("4242", byMemory[^1].User); // a user without a name here
        Assert.Equal(3000L * Environment.SystemPageSize, byMemory[0].Memory);
        Assert.Equal(1767225600_000 + 6_000_000, byMemory[0].Since);
    }

    [Fact]
    public void Where_processes_are_hidden_none_is_told()
    {
        Process(20, "own", 10, 10);
        var (byCpu, byMemory, count) = Create().Read();
        Assert.Equal((0, 0, 0), (byCpu.Count, byMemory.Count, count));
    }

    [Fact]
    public void This_machine_has_greedy_processes()
    {
        var top = new TopProcesses(new("/"), new(new("/"), TimeProvider.System), new(new("/"), hide: false), TimeProvider.System);
        var (_, byMemory, count) = top.Read();
        Assert.Equal(TopProcesses.Most, byMemory.Count);
        Assert.True(count >= TopProcesses.Most);
        Assert.All(byMemory, p => Assert.True(p.Name.Length > 0 && p.Memory > 0));
    }

    [Fact]
    public void Names_of_users_stay_here_on_request()
    {
        _host.With("/proc/sys/kernel/random/boot_id", "0c7fd8b5-6a5e-4f4e-9a2f-4f1f0e8d7a11\n");
        Process(1, "systemd", 1, 1);
        Process(20, "editor", 1, 100, uid: 1000);
        string hidden = Create(hide: true).Read().ByMemory[0].User;
        Assert.Matches("^user-[0-9a-f]{6}$", hidden);
        Assert.Equal(hidden, new UserNames(_host.Root, hide: true).Of("ada")); // the same in every place and run
        Assert.NotEqual(hidden, new UserNames(_host.Root, hide: true).Of("root"));
        _host.With("/proc/sys/kernel/random/boot_id", "d2b2cf0e-6a5e-4f4e-9a2f-4f1f0e8d7a11\n");
        Assert.NotEqual(hidden, new UserNames(_host.Root, hide: true).Of("ada"));
    }

    public void Dispose() => _host.Dispose();
}
