using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Probes;

public sealed class FileSystemProbeTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("vigie-mounts-").FullName;
    readonly FakeTimeProvider _time = new();
    readonly ManualResetEventSlim _answer = new();
    readonly ConcurrentQueue<string> _asked = new();

    FileSystemProbe Probe(params string[] mountpoints)
    {
        Directory.CreateDirectory(Path.Combine(_root, "proc/1"));
        File.WriteAllLines(Path.Combine(_root, "proc/1/mountinfo"),
            mountpoints.Select((m, i) => $"{i} 1 8:{i} / {m} rw - ext4 /dev/sd{i} rw"));
        return new(new(new HostRoot(_root), _time, TimeSpan.FromSeconds(4)), mountpoint =>
        {
            _asked.Enqueue(mountpoint);
            if (mountpoint.StartsWith("/dead", StringComparison.Ordinal))
                _answer.Wait(CancellationToken.None);
            return new(1, 10, 5, 5, 0, 0);
        });
    }

    async Task<string> CollectAsync(FileSystemProbe probe)
    {
        var collect = CollectedProbe.FromAsync(probe);
        while (!collect.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        return (await collect).Text;
    }

    // Threads get their turn when the machine likes, so rounds go on until one shows all that is waited for.
    async Task<string> CollectUntilAsync(FileSystemProbe probe, params string[] parts)
    {
        string text = "";
        for (int i = 0; i < 10_000 && !parts.All(text.Contains); i++)
        {
            text = await CollectAsync(probe);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken); // let the mounts' thread run
        }
        Assert.All(parts, part => Assert.Contains(part, text));
        return text;
    }

    static string Stale(string mountpoint) =>
        $"system.filesystem.mountpoint=\"{mountpoint}\", system.filesystem.type=\"ext4\", system.filesystem.mode=\"rw\"}} 1";

    [Fact]
    public async Task A_mount_that_hangs_is_reported_stale_asked_once_and_disturbs_no_other()
    {
        var probe = Probe("/a", "/dead", "/z");
        string first = await CollectUntilAsync(probe, "limit{system.device=\"/dev/sd0\"", "limit{system.device=\"/dev/sd2\"",
            "vigie.filesystem.stale{system.device=\"/dev/sd1\", " + Stale("/dead"));
        Assert.DoesNotContain("system.filesystem.limit{system.device=\"/dev/sd1\"", first);

        for (int i = 0; i < 3; i++)
            await CollectAsync(probe);
        Assert.Single(_asked, "/dead");
    }

    [Fact]
    public async Task A_mount_that_comes_back_is_measured_again()
    {
        var probe = Probe("/dead");
        await CollectUntilAsync(probe, Stale("/dead"));
        _answer.Set();
        Assert.DoesNotContain("stale", await CollectUntilAsync(probe, "system.filesystem.limit"));
    }

    [Fact]
    public void The_kernel_answers_for_the_folder_this_runs_in()
    {
        var space = StatVfs.Read(AppContext.BaseDirectory);
        Assert.True(space.BlockBytes > 0 && space.Blocks > 0 && space.Free <= space.Blocks && space.Available <= space.Blocks);
        Assert.Contains("/nonexistent/vigie", Assert.Throws<IOException>(() => StatVfs.Read("/nonexistent/vigie")).Message);
    }

    public void Dispose()
    {
        _answer.Set();
        _answer.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
