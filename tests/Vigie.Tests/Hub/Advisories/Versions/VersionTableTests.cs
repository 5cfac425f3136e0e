using Vigie.Hub.Advisories.Versions;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories.Versions;

/// <summary>The tables of the project, and those of <c>shared/data/versions</c> when it lies beside the project or above it.</summary>
public sealed class VersionTableTests
{
    public static TheoryData<string, string> Tables => new()
    {
        { "dpkg", "dpkg" }, { "dpkg", "dpkg-parse" }, { "dpkg", "dpkg-invalid" }, { "rpm", "rpm" }, { "rpm-evr", "rpm-evr" }, { "apk", "apk" },
    };

    public static TheoryData<string, string> Shared => [.. Tables.Concat<TheoryDataRow<string, string>>([new("apk", "apk-valid"), new("apk", "apk-fuzzy")])];

    static string Own(string table) => Path.Combine(AppContext.BaseDirectory, "Cases", "Versions", table + ".tsv");

    [Theory]
    [MemberData(nameof(Tables))]
    public void Our_tables_hold(string scheme, string table) => Holds(scheme, Own(table), 3);

    [Theory]
    [MemberData(nameof(Shared))]
    public void The_tables_of_the_package_managers_themselves_hold(string scheme, string table)
    {
        if (SharedData.Folder("versions") is not { } folder)
            Assert.Skip("no folder shared/data/versions above the tests: the package managers' own tables were NOT run");
        else
            Holds(scheme, Path.Combine(folder, table + ".tsv"), 14);
    }

    static void Holds(string scheme, string file, int least)
    {
        var (passed, failures) = VersionTable.Run(VersionScheme.All.Single(s => s.Name == scheme), File.ReadLines(file));
        Assert.Empty(failures);
        Assert.True(passed >= least, $"{file} has {passed} rows");
    }

    [Fact]
    public void Every_kind_of_wrong_row_is_told()
    {
        string[] rows =
        [
            "1.0\t<\t1.0", "1.0\t>\t2.0", "1.0\t=\t1.1", "1.0\tinvalid", "-1\tvalid", "1.0\tno reason\terror", "1:2-3\t1\t2\t4", "1.0 < 2.0",
            "1.0\t~\t1", "v1\ta letter\terror",
        ];
        var (passed, failures) = VersionTable.Run(VersionScheme.Dpkg, rows);
        Assert.Equal((0, rows.Length), (passed, failures.Count));
        Assert.Equal(Enumerable.Range(1, rows.Length), failures.Select(f => f.Line));
    }

    [Fact]
    public async Task The_command_counts_and_fails_when_a_row_does()
    {
        using var folder = new TempFolder();
        string good = await Cli.OkAsync(folder.Path, "versions", "check", "apk", Own("apk"));
        Assert.EndsWith("13 passed, 0 failed\n", good);
        await File.WriteAllTextAsync(folder["bad.tsv"], "# a comment\r\n1.0\t<\t2.0\r\n2.0\t<\t1.0\r\n", TestContext.Current.CancellationToken);
        var bad = await Cli.RunAsync(folder.Path, "versions", "check", "dpkg", folder["bad.tsv"]);
        Assert.Equal((1, "line 3: 2.0 < 1.0: got >\n1 passed, 1 failed\n"), (bad.Code, bad.Output));
        await Cli.FailsAsync(folder.Path, "nowhere.tsv", "versions", "check", "dpkg", folder["nowhere.tsv"]);
    }
}
