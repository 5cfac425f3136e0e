using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Checks;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Tests.Support;

namespace Vigie.Tests.Contracts;

/// <summary>What every kind of check owes. Nothing here is edited when a kind is added, but the list of their names.</summary>
public sealed partial class CheckContract
{
    public static TheoryData<string> Kinds => [.. CheckKinds.Names];

    static ICheck Usual(string kind, List<string> errors)
    {
        var context = new CheckContext(new HostRoot("/nonexistent/vigie"), new FakeTimeProvider(), (_, _) => { });
        var sources = CheckFile.Parse("it " + CheckKinds.Usage(kind), "checks.conf", context, new Dictionary<string, ICheckSource>(), errors);
        return sources.Values.SelectMany(s => s.Current).First();
    }

    [Fact]
    public void The_kinds_found_are_those_of_the_list() =>
        Assert.Equal(["checkmk", "dns", "http", "nagios", "ping", "tcp", "textfile"], CheckKinds.Names);

    [Theory, MemberData(nameof(Kinds))]
    public void The_way_to_write_it_is_a_line_that_is_understood_and_the_guide_shows_one(string kind)
    {
        var errors = new List<string>();
        Assert.Equal((kind, "it"), (Usual(kind, errors).Plan.Kind, Usual(kind, errors).Plan.Name));
        Assert.Empty(errors);
        string guide = File.ReadAllText(Repository.Path("docs/checks.md"));
        Assert.Contains($" {kind} ", guide, StringComparison.Ordinal);
        Assert.Contains($"| `{kind}` |", guide, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_check_ends_soon_when_it_is_cancelled(string kind)
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var run = Task.Run(() => Usual(kind, []).RunAsync(cancelled.Token).AsTask(), TestContext.Current.CancellationToken);
        await Task.WhenAny(run).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_file_of_a_new_installation_holds_no_check_and_each_line_would_be_one()
    {
        var context = new CheckContext(new HostRoot("/nonexistent/vigie"), new FakeTimeProvider(), (_, _) => { });
        var errors = new List<string>();
        int Checks(string text) => CheckFile.Parse(text, "checks.conf", context, new Dictionary<string, ICheckSource>(), errors).Count;
        var lines = ExampleProbes.Checks.Split('\n');
        Assert.Equal(0, Checks(ExampleProbes.Checks));
        Assert.Equal(7, Checks(string.Join('\n', lines.Skip(3).Select(l => l.TrimStart('#')))));
        Assert.Empty(errors);
    }

    [Fact]
    public void Metrics_are_named_by_the_grammar_with_unit_and_help_and_no_two_are_stored_under_one_name()
    {
        foreach (var metric in CheckMetrics.All)
        {
            Assert.Matches("^vigie\\.check\\.[a-z]+$", metric.Name);
            Assert.Matches(Sentence(), metric.Help);
        }
        Assert.Equal(CheckMetrics.All.Count, CheckMetrics.All.Select(StoredNames.Metric).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Whatever_a_program_prints_becomes_bounded_results()
    {
        var random = new Random(20260301);
        const string Signs = "0123P |=;:@~'\"%\\nsBc-U.,e+\n\t\u00e9\u001b";
        for (int i = 0; i < 3000; i++)
        {
            var output = new StringBuilder();
            for (int n = random.Next(60); n > 0; n--)
                output.Append(Signs[random.Next(Signs.Length)]);
            CheckResult[] results =
            [
                NagiosOutput.Parse("it", random.Next(5), output.ToString(), ""), .. CheckmkOutput.Parse("it", output.ToString()),
                .. CheckmkOutput.Parse("it", "P a " + output),
            ];
            Assert.All(results, r => Assert.True(r.Name.Length > 0 && r.State is >= CheckState.Ok and <= CheckState.Unknown));
            Assert.All(results.SelectMany(r => r.Values), v => Assert.True(v.Label.Length > 0 && !double.IsNaN(v.Value)));
            Assert.All(results, r => Assert.Equal(r.Values.Count, r.Values.Select(v => v.Label).Distinct(StringComparer.Ordinal).Count()));
            CheckDocument.Write([.. results.Select(r => new CheckReport(r, "it", 0, 0, TimeSpan.Zero))]);
        }
    }

    [GeneratedRegex(@"^[A-Z0-9].{8,}[^.]\.$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sentence();
}
