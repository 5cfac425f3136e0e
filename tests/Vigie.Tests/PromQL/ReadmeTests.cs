using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.PromQL.Testing;

namespace Vigie.Tests.PromQL;

public sealed class ReadmeTests
{
    /// <summary>The sample of src/Vigie.PromQL/README.md; the next test holds the two together.</summary>
    [Fact]
    public async Task The_readme_sample_prints_what_it_says()
    {
        var printed = new StringWriter();
        var Console = printed;
        // sample
        var series = new MemorySeries();
        for (int minute = 0; minute <= 10; minute++)
            series.Add(Labels.Of("requests_total", ("host", "web1")), minute * 60_000, minute * 120);

        var engine = new QueryEngine(series, new QueryOptions());
        var result = (VectorResult)await engine.InstantAsync("sum by (host) (rate(requests_total[5m]))", timeMs: 600_000);
        foreach (var sample in result.Samples)
            Console.WriteLine($"{sample.Labels} {sample.Value}"); // {host="web1"} 2
        // end
        Assert.Equal("{host=\"web1\"} 2", printed.ToString().Trim());
    }

    [Fact]
    public void The_readme_shows_the_sample_that_is_tested()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Vigie.slnx")))
            root = root.Parent;
        Assert.NotNull(root);
        string readme = File.ReadAllText(Path.Combine(root.FullName, "src/Vigie.PromQL/README.md"));
        string test = File.ReadAllText(Path.Combine(root.FullName, "tests/Vigie.Tests/PromQL/ReadmeTests.cs"));
        Assert.Equal(Lines(test, "// sample\n", "// end"), Lines(readme, "```csharp\n", "```\n"));
    }

    static string[] Lines(string text, string from, string to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        int end = text.IndexOf(to, start, StringComparison.Ordinal);
        return text[start..end].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
