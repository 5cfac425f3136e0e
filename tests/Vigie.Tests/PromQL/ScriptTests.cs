using Vigie.PromQL.Testing;

namespace Vigie.Tests.PromQL;

public sealed class ScriptTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cases", "PromQL");

    public static TheoryData<string> OwnScripts() =>
        [.. Directory.EnumerateFiles(Folder, "*.test").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(OwnScripts))]
    public async Task Every_evaluation_of_our_own_scripts_passes(string script)
    {
        var report = await ScriptRunner.RunAsync(script, await File.ReadAllTextAsync(Path.Combine(Folder, script)));
        Assert.True(report.Passed > 0, "the script evaluates nothing");
        Assert.Empty(report.Failures);
        Assert.Empty(report.Unsupported);
    }

    [Fact]
    public async Task Every_evaluation_of_the_shared_conformance_scripts_passes()
    {
        var folder = SharedScripts();
        if (folder is null)
            Assert.Skip("the shared conformance scripts (shared/data/promqltest) are not beside this repository: nothing was checked");
        var total = new ScriptReport(0, [], []);
        foreach (string path in Directory.EnumerateFiles(folder, "*.test").Order())
            total += await ScriptRunner.RunAsync(Path.GetFileName(path), await File.ReadAllTextAsync(path));

        Assert.True(total.Passed > 0, "no script evaluates anything");
        Assert.True(total.Failures.Count + total.Unsupported.Count == 0, string.Join("\n", total.Failures.Concat(total.Unsupported)));
    }

    static string? SharedScripts()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", "promqltest") is var path && Directory.Exists(path))
                return path;
        return null;
    }
}
