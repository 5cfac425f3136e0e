using System.CommandLine;
using Vigie.Hub.Advisories.Versions;

namespace Vigie.Hub.Commands;

sealed class VersionsCommand() : CliCommand("versions", "Test the comparison of package versions.")
{
    const int MostShown = 100;

    readonly Argument<string> _scheme = new("SCHEME") { Description = "dpkg, rpm (one part), rpm-evr (epoch:version-release) or apk." };
    readonly Argument<string> _file = new("FILE") { Description = "A table: version, operator (< = >), version, parted by tabs." };

    protected override void Configure(Command command)
    {
        _scheme.AcceptOnlyFromAmong([.. VersionScheme.All.Select(s => s.Name)]);
        var check = new Command("check", "Run a table of comparisons: list what comes out otherwise, and count.") { _scheme, _file };
        Act(check, (call, _) =>
        {
            var scheme = VersionScheme.All.First(s => s.Name == call.Value(_scheme));
            var (passed, failures) = VersionTable.Run(scheme, File.ReadLines(call.Value(_file)!));
            foreach (var failure in failures.Take(MostShown))
                call.Line(CliCall.Printable($"line {failure.Line}: {failure.Row}: got {failure.Got}"));
            if (failures.Count > MostShown)
                call.Line($"… and {failures.Count - MostShown} more");
            call.Line($"{passed} passed, {failures.Count} failed");
            return Task.FromResult(failures.Count == 0 ? 0 : 1);
        });
        command.Add(check);
    }
}
