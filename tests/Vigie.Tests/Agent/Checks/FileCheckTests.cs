using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Checks;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Checks;

/// <summary>Checks that are files in a folder: metrics for node_exporter, and local checks of Checkmk.</summary>
public sealed class FileCheckTests : IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TempFolder _folder = new();

    Task<CheckOutcome> RunAsync(TimeProvider? time = null) => CheckLine.RunAsync($"textfile {_folder.Path} stale 2h", time);

    [Fact]
    public async Task Good_files_give_their_series_and_broken_and_stale_ones_are_seen()
    {
        await File.WriteAllTextAsync(_folder["apt.prom"], "# TYPE apt_upgrades_pending gauge\napt_upgrades_pending{arch=\"all\"} 3\n", Ct);
        await File.WriteAllTextAsync(_folder["bad.prom"], "good 1\nbad\n", Ct);
        await File.WriteAllTextAsync(_folder["timed.prom"], "x 1 1700000000\n", Ct);
        await File.WriteAllTextAsync(_folder["twice.prom"], "apt_upgrades_pending{arch=\"all\"} 4\n", Ct);
        await File.WriteAllTextAsync(_folder["histogram.prom"],
            "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 3\nh_sum 4.5\nh_count 3\n# TYPE s summary\ns{quantile=\"0.5\"} 1\n", Ct);
        await File.WriteAllTextAsync(_folder["old.prom"], "old_total 1\n", Ct);
        await File.WriteAllTextAsync(_folder["other.txt"], "no metrics", Ct);
        File.SetLastWriteTimeUtc(_folder["old.prom"], TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-3));
        var outcome = await RunAsync();
        Assert.Equal([("it/apt.prom", CheckState.Ok), ("it/bad.prom", CheckState.Warning), ("it/histogram.prom", CheckState.Ok),
            ("it/old.prom", CheckState.Warning), ("it/timed.prom", CheckState.Warning), ("it/twice.prom", CheckState.Warning)],
            outcome.Results.Select(r => (r.Name, r.State)));
        string Text(string name) => outcome.Results.Single(r => r.Name == name).Text;
        Assert.Contains("line 2", Text("it/bad.prom"), StringComparison.Ordinal);
        Assert.Contains("leave timestamps out", Text("it/timed.prom"), StringComparison.Ordinal);
        Assert.Contains("another file holds apt_upgrades_pending", Text("it/twice.prom"), StringComparison.Ordinal);
        Assert.StartsWith("1 series, but not written since ", Text("it/old.prom"), StringComparison.Ordinal);
        var samples = outcome.Printed.SelectMany(p => p.Samples).ToList();
        Assert.Equal(3, Assert.Single(samples, s => s.Name == "apt_upgrades_pending").Value);
        Assert.Equal(6, samples.Count(s => s.Name == "node_textfile_mtime_seconds"));
        Assert.Equal(1, Assert.Single(samples, s => s.Name == "node_textfile_scrape_error").Value);
        Assert.Equal(3, Assert.Single(samples, s => s.Name == "h_count").Value);
    }

    [Fact]
    public async Task A_folder_without_files_says_nothing() => Assert.Empty((await RunAsync()).Results);

    [Fact]
    public async Task The_clock_decides_what_is_stale()
    {
        await File.WriteAllTextAsync(_folder["a.prom"], "a 1\n", Ct);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.Equal(CheckState.Ok, Assert.Single((await RunAsync(time)).Results).State);
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(CheckState.Warning, Assert.Single((await RunAsync(time)).Results).State);
    }

    [Fact]
    public async Task A_folder_of_local_checks_runs_each_by_its_own_time()
    {
        void Script(string name, string body)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.WriteAllText(_folder[name], $"#!/bin/sh\n{body}\n");
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        Script("disk", "echo '0 Disk used=3;8;9 fine'; echo 'P Room temp=31;25;30 warm'");
        Script("300/slow", "echo 'oh no' >&2; exit 4");
        Script("notes/other", "echo '0 Never - run'");
        var sources = CheckFile.Parse($"local every 2m checkmk {_folder.Path}", "checks.conf", new(new("/"), TimeProvider.System, (_, _) => { }),
            new Dictionary<string, ICheckSource>(), []);
        var checks = Assert.Single(sources.Values).Current;
        Assert.Equal([("local/300/slow", 300d), ("local/disk", 120d)], checks.Select(c => (c.Plan.Name, c.Plan.Every.TotalSeconds)).Order());
        var disk = await checks.Single(c => c.Plan.Name == "local/disk").RunAsync(Ct);
        Assert.Equal([("Disk", CheckState.Ok), ("Room", CheckState.Critical)], disk.Results.Select(r => (r.Name, r.State)));
        Assert.Equal("it ended with exit code 4 and printed no service: oh no", (await Assert.ThrowsAsync<InvalidOperationException>(() =>
            checks.Single(c => c.Plan.Name == "local/300/slow").RunAsync(Ct).AsTask())).Message);
        Assert.Same(checks[0], sources.Values.Single().Current[0]);
    }

    public void Dispose() => _folder.Dispose();
}
