using System.Diagnostics;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Commands;

public sealed class RulesCommandTests
{
    const string Rules = """
        groups:
          - name: mine
            rules:
              - record: a:b
                expr: sum(up)
              - alert: Down
                expr: up == 0
                for: 5m
        """;

    [Fact]
    public async Task Rules_are_imported_listed_exported_and_removed()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        Assert.Equal("groups: []\n", await Cli.OkAsync(folder.Path, "rules", "export"));
        await File.WriteAllTextAsync(folder["rules.yml"], Rules);
        Assert.Equal("Valid: 1 group, 1 alerting and 1 recording.\n", await Cli.OkAsync(folder.Path, "rules", "check", folder["rules.yml"]));
        Assert.Contains("Imported: 1 group", await Cli.OkAsync(folder.Path, "rules", "import", folder["rules.yml"]));
        Assert.Contains("mine", await Cli.OkAsync(folder.Path, "rules"));
        Assert.Contains("mine/Down", await Cli.OkAsync(folder.Path, "alerts", "--rules"));

        string exported = await Cli.OkAsync(folder.Path, "rules", "export");
        Assert.Contains("alert: Down", exported);
        await File.WriteAllTextAsync(folder["again.yml"], exported);
        await IsGoodAsync(folder["again.yml"]);
        await Cli.OkAsync(folder.Path, "rules", "import", folder["again.yml"]);
        Assert.Equal(exported, await Cli.OkAsync(folder.Path, "rules", "export"));

        await Cli.OkAsync(folder.Path, "rules", "remove", "mine");
        await Cli.FailsAsync(folder.Path, "there is no group \"mine\"", "rules", "remove", "mine");
    }

    /// <summary>Prometheus' own tool reads it.</summary>
    static async Task IsGoodAsync(string file)
    {
        const string Tool = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(Tool), $"{Tool} is missing; check.sh installs it (Debian package prometheus)");
        using var process = Process.Start(new ProcessStartInfo(Tool, ["check", "rules", file]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
        Assert.Contains("2 rules found", said);
    }

    [Fact]
    public async Task Nothing_is_imported_of_files_in_which_anything_is_wrong()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        await File.WriteAllTextAsync(folder["good.yml"], Rules);
        await File.WriteAllTextAsync(folder["bad.yml"], "groups:\n- name: x\n  rules:\n  - alert: y\n");
        await Cli.FailsAsync(folder.Path, "bad.yml, line 4: expr is missing", "rules", "import", folder["good.yml"], folder["bad.yml"]);
        await Cli.FailsAsync(folder.Path, "in another file, too", "rules", "import", folder["good.yml"], folder["good.yml"]);
        await Cli.FailsAsync(folder.Path, "none.yml does not exist", "rules", "import", folder["none.yml"]);
        Assert.Equal("groups: []\n", await Cli.OkAsync(folder.Path, "rules", "export"));
    }
}
