using System.CommandLine;
using Vigie.PromQL.Testing;

namespace Vigie.Hub.Commands;

sealed class PromQLCommand() : CliCommand("promql", "Test the query engine.")
{
    readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Scripts in the format of Prometheus' own suite, or folders of *.test files.",
        Arity = ArgumentArity.OneOrMore,
    };

    protected override void Configure(Command command)
    {
        var test = new Command("test", "Run test scripts: list what is answered wrong, and count.") { _paths };
        Act(test, async (call, ct) =>
        {
            int passed = 0, failed = 0;
            foreach (string script in call.Value(_paths)!.SelectMany(Scripts))
            {
                var report = await RunAsync(script, ct);
                foreach (var failure in report.Failures.Concat(report.Unsupported))
                    call.Line(failure.ToString());
                passed += report.Passed;
                failed += report.Failures.Count + report.Unsupported.Count;
            }
            call.Line($"{passed} passed, {failed} failed");
            return failed == 0 ? 0 : 1;
        });
        command.Add(test);
    }

    /// <summary>A script that can't be read is one failure, and the others are run.</summary>
    static async Task<ScriptReport> RunAsync(string script, CancellationToken ct)
    {
        try
        {
            return await ScriptRunner.RunAsync(script, await File.ReadAllTextAsync(script, ct), ct);
        }
        catch (FormatException e)
        {
            return new(0, [new(script, 0, "the script", "commands that can be read", e.Message)], []);
        }
    }

    static IEnumerable<string> Scripts(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new CommandException($"{path} is neither a file nor a folder");
        string[] scripts = [.. Directory.EnumerateFiles(path, "*.test", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        return scripts.Length > 0 ? scripts : throw new CommandException($"{path} holds no *.test file");
    }
}
