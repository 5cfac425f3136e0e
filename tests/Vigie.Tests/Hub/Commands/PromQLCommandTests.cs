using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Commands;

public sealed class PromQLCommandTests
{
    const string Good = "load 1m\n  a 1 2\neval instant at 1m a\n  a 2\n";
    const string Bad = "load 1m\n  a 1 2\neval instant at 1m a\n  a 3\neval instant at 0 a +\n  a 1\n";

    [Fact]
    public async Task Scripts_and_folders_are_run_and_counted()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["deep/er"]);
        await File.WriteAllTextAsync(folder["deep/er/good.test"], Good);
        await File.WriteAllTextAsync(folder["good"], Good);
        Assert.Equal("2 passed, 0 failed", (await Cli.OkAsync(folder.Path, "promql", "test", folder["deep"], folder["good"])).Trim());
    }

    [Fact]
    public async Task A_failure_shows_what_was_expected_and_got()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["bad.test"], Bad);
        await File.WriteAllTextAsync(folder["broken.test"], "eval sideways\n");
        await File.WriteAllTextAsync(folder["good.test"], Good);
        var (code, output, _) = await Cli.RunAsync(folder.Path, "promql", "test", folder.Path);
        Assert.Equal(1, code);
        Assert.Contains($"{folder["bad.test"]}:3: a\n  expected a 3\n  got a 2\n", output);
        Assert.Contains($"{folder["bad.test"]}:5: a +\n", output);
        Assert.Contains("line 1: expected 'instant at TIME QUERY'", output);
        Assert.EndsWith("\n1 passed, 3 failed\n", output);
    }

    [Fact]
    public async Task What_is_not_there_is_told()
    {
        using var folder = new TempFolder();
        var (code, _, error) = await Cli.RunAsync(folder.Path, "promql", "test", folder["none"]);
        Assert.Equal(1, code);
        Assert.Contains("none is neither a file nor a folder", error);
        (_, _, error) = await Cli.RunAsync(folder.Path, "promql", "test", folder.Path);
        Assert.Contains("holds no *.test file", error);
    }
}
