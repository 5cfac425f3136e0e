using System.Text;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Tests.Support;

namespace Vigie.Tests.Contracts;

/// <summary>docs/probes.md is what the probes declare, word for word; VIGIE_UPDATE_GOLDEN=1 writes it anew.</summary>
public sealed class ProbePageContract
{
    const string Head = """
        # What the probes report

        A probe that finds nothing of its kind on a host reports nothing and says why, once, in the agent's log. `--disable NAMES` leaves
        probes out. Names are OpenTelemetry's where its conventions (1.44) have one; in PromQL they are spelled as the second column
        says, and each series carries the label `host`. `vigie-agent --print` shows what a machine reports, with the attributes.

        """;

    [Fact]
    public void The_page_of_probes_lists_every_metric_as_it_is_declared()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (string name in ProbeCatalog.Names)
        {
            var info = ProbeCatalog.Create(name, new(new HostRoot("/nonexistent/vigie"), new FakeTimeProvider(), TimeSpan.FromSeconds(1))).Info;
            page.Append($"\n## {name}\n\n| metric | in PromQL | unit | meaning |\n|---|---|---|---|\n");
            foreach (var metric in info.Metrics)
                page.Append($"| `{metric.Name}` | `{StoredNames.Metric(metric)}` | {metric.Unit} | {metric.Help} |\n");
        }
        string path = Repository.Path("docs/probes.md");
        if (Environment.GetEnvironmentVariable("VIGIE_UPDATE_GOLDEN") is not null)
            File.WriteAllText(path, page.ToString());
        Assert.Equal(page.ToString(), File.ReadAllText(path));
    }
}
