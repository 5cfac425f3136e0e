using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Checks;
using Vigie.Agent.Running;
using Vigie.Tests.Agent.Probes;

namespace Vigie.Tests.Agent.Checks;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ScriptProbeTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("vigie-probes-").FullName;

    string Script(string name, string body, string mode = "rwxr-xr-x")
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, mode.Select((c, i) => c == '-' ? UnixFileMode.None : (UnixFileMode)(1 << (8 - i)))
            .Aggregate((a, b) => a | b));
        return path;
    }

    async Task<string> RunAsync(string body) => (await CollectedProbe.FromAsync(new ScriptProbe(Script("it.sh", body)))).Text;

    async Task<string> FailureAsync(string body) => (await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(body))).Message;

    [Fact]
    public async Task Printed_lines_become_samples() => Assert.Equal(
        "jobs_total{queue=\"mail\"} 7\ntemperature 21.5", await RunAsync("echo 'temperature 21.5'; echo 'jobs_total{queue=\"mail\"} 7'"));

    [Fact]
    public async Task A_bare_number_takes_the_files_name() => Assert.Equal("vigie_custom_it 3", await RunAsync("echo 3"));

    [Fact]
    public async Task The_environment_is_clean_and_the_input_empty() => Assert.Equal(
        "seen{names=\"HOME LC_ALL PATH PWD\", locale=\"C\"} 1",
        await RunAsync("names=$(env | cut -d= -f1 | grep -v '^[_O]' | grep -v SHLVL | sort | tr '\\n' ' '); "
            + "echo \"seen{names=\\\"${names% }\\\",locale=\\\"$LC_ALL\\\",input=\\\"$(cat)\\\"} 1\""));

    [Fact]
    public async Task Printing_nothing_is_no_failure() => Assert.Equal("no data: it printed no value", await RunAsync("true"));

    [Fact]
    public async Task An_exit_code_is_a_failure_told_with_the_first_line_of_the_error_text() =>
        Assert.Equal("it ended with exit code 3: \"the disk is on fire\"",
            await FailureAsync("echo 1; echo; echo 'the disk is on fire' >&2; echo more >&2; exit 3"));

    [Fact]
    public async Task A_missing_interpreter_is_a_failure_with_a_reason()
    {
        var path = Script("it.sh", "");
        await File.WriteAllTextAsync(path, "#!/no/such/interpreter\n", TestContext.Current.CancellationToken);
        Assert.Contains("it",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => CollectedProbe.FromAsync(new ScriptProbe(path)))).Message);
    }

    [Fact]
    public async Task A_good_line_before_a_bad_one_is_not_kept()
    {
        var collected = new CollectedProbe();
        await Assert.ThrowsAsync<FormatException>(() =>
            new ScriptProbe(Script("it.sh", "echo 'good 1'; echo 'bad'")).CollectAsync(collected, default).AsTask());
        Assert.Equal(0, collected.Samples.Count);
    }

    [Fact]
    public async Task A_flood_is_cut_off() => Assert.Contains("more than 1024 KiB", await FailureAsync("exec yes"));

    [Fact]
    public async Task What_everyone_may_change_is_not_run()
    {
        var marker = Path.Combine(_folder, "was-run");
        var path = Script("it.sh", $"touch {marker}; echo 1", "rwxr-xrwx");
        Assert.Contains("chmod o-w",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => CollectedProbe.FromAsync(new ScriptProbe(path)))).Message);

        path = Script("it.sh", $"touch {marker}; echo 1");
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        Assert.Contains("chmod o-w",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => CollectedProbe.FromAsync(new ScriptProbe(path)))).Message);
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task Out_of_time_it_ends_with_everything_it_had_started()
    {
        var pids = Path.Combine(_folder, "pids");
        using var limit = new CancellationTokenSource();
        var run = new ScriptProbe(Script("it.sh", $"sleep 1000 & (sleep 1000 & echo $! > {pids}.part; mv {pids}.part {pids}; wait) & wait"))
            .CollectAsync(new CollectedProbe(), limit.Token).AsTask();
        while (!File.Exists(pids))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        int grandchild = int.Parse(await File.ReadAllTextAsync(pids, TestContext.Current.CancellationToken));

        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        while (IsAlive(grandchild))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_folder_gives_one_slot_per_executable_file_as_they_come_and_go()
    {
        Script("b.sh", "echo 1");
        Script("a", "echo 1");
        Script("notes.txt", "", "rw-r--r--");
        Script(".hidden", "");
        var folder = new ScriptFolder(_folder, new FakeTimeProvider(), (_, _) => { },
            script => new ProbeSlot(script, new FakeTimeProvider(), (_, _) => { }, 0));
        var first = folder.Current().ToArray();
        Assert.Equal(["probes.d/a", "probes.d/b.sh"], first.Select(s => s.Info.Name));
        Assert.Equal(first, folder.Current());
        File.Delete(Path.Combine(_folder, "a"));
        Assert.Equal([first[1]], folder.Current());
    }

    [Fact]
    public void A_folder_that_is_not_there_gives_nothing() =>
        Assert.Empty(new ScriptFolder("/nonexistent/vigie", new FakeTimeProvider(), (_, _) => { }, _ => throw new InvalidOperationException()).Current());

    [Fact]
    public async Task The_example_of_a_new_installation_runs_and_stays_as_the_user_left_it()
    {
        var example = Assert.Single(ExampleProbes.WriteTo(_folder));
        Assert.Contains("vigie_custom_users ", (await CollectedProbe.FromAsync(new ScriptProbe(example))).Text);
        await File.AppendAllTextAsync(example, "# mine\n", TestContext.Current.CancellationToken);
        Assert.Empty(ExampleProbes.WriteTo(_folder));
        Assert.EndsWith("# mine\n", await File.ReadAllTextAsync(example, TestContext.Current.CancellationToken));
    }

    static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && TryRead($"/proc/{pid}/stat") is { } stat && !stat.Contains(") Z", StringComparison.Ordinal);

    static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
