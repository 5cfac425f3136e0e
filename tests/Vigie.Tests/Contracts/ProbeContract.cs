using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Tests.Agent.Probes;

namespace Vigie.Tests.Contracts;

/// <summary>What every probe owes. Nothing here is edited when a probe is added, but the golden list of their names.</summary>
public sealed partial class ProbeContract
{
    public static TheoryData<string> Probes => [.. ProbeCatalog.Names];

    public static TheoryData<string, string> Cases => new(ProbeCase.All());

    static IProbe OnEmptyHost(string name) =>
        ProbeCatalog.Create(name, new(new HostRoot("/nonexistent/vigie"), new FakeTimeProvider(), TimeSpan.FromSeconds(10)));

    [Fact]
    public void The_probes_found_are_those_of_the_golden_list() =>
        Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Cases", "Probes", "probes.txt")), ProbeCatalog.Names);

    [Theory]
    [MemberData(nameof(Probes))]
    public void A_probe_is_registered_under_its_own_name_which_is_one_word(string name)
    {
        Assert.Equal(name, OnEmptyHost(name).Info.Name);
        Assert.Matches("^[a-z][a-z0-9]*$", name);
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void Metrics_are_named_by_the_grammar_with_unit_and_help(string name)
    {
        var metrics = OnEmptyHost(name).Info.Metrics;
        Assert.NotEmpty(metrics);
        foreach (var metric in metrics)
        {
            Assert.Matches(Name(), metric.Name);
            Assert.Contains(metric.Name.Split('.')[0], Namespaces);
            Assert.Matches(Unit(), metric.Unit);
            Assert.Matches(Sentence(), metric.Help);
        }
    }

    [Fact]
    public void No_two_metrics_have_one_name_or_one_stored_name()
    {
        var metrics = ProbeCatalog.Names.SelectMany(name => OnEmptyHost(name).Info.Metrics).ToArray();
        Assert.Equal(metrics.Length, metrics.Select(m => m.Name).Distinct().Count());
        Assert.Equal(metrics.Length, metrics.Select(StoredNames.Metric).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public async Task An_empty_host_has_no_data_and_says_why(string name)
    {
        var collected = await CollectedProbe.FromAsync(OnEmptyHost(name));
        Assert.Equal(0, collected.Samples.Count);
        Assert.NotEmpty(collected.NoDataReason ?? "");
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public async Task A_probe_ends_soon_when_it_is_cancelled(string name)
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var collect = Task.Run(() => OnEmptyHost(name).CollectAsync(new CollectedProbe(), cancelled.Token).AsTask(),
            TestContext.Current.CancellationToken);
        await Task.WhenAny(collect).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.False(collect.IsFaulted);
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void A_probe_has_cases_of_two_hosts_at_least_and_of_an_empty_one(string name)
    {
        var cases = ProbeCase.All().Where(c => c.Probe == name).Select(c => c.Name).ToArray();
        Assert.Contains("empty", cases);
        Assert.True(cases.Length >= 3, $"Cases/Probes/{name} holds {cases.Length} cases");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_host_gives_what_its_case_expects(string probe, string name)
    {
        using var host = new ProbeCase(probe, name);
        Assert.Equal(host.Expected, await host.CollectAsync());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_probe_reports_only_what_it_declares_and_each_series_once(string probe, string name)
    {
        using var host = new ProbeCase(probe, name);
        var series = (await host.CollectAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("no data", StringComparison.Ordinal))
            .Select(line => Series().Match(line).Value).ToArray();
        Assert.Equal(series.Length, series.Distinct().Count());
        var declared = OnEmptyHost(probe).Info.Metrics.Select(m => m.Name).ToHashSet();
        Assert.All(series, one => Assert.Contains(one.Split('{')[0], declared));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Damaged_files_are_read_or_refused_by_a_typed_error(string probe, string name)
    {
        var random = new Random(20260301);
        for (int i = 0; i < 60; i++)
        {
            using var host = new ProbeCase(probe, name);
            try
            {
                await host.CollectAsync(content => Damage(content, random));
            }
            catch (FormatException e)
            {
                Assert.Contains("/", e.Message); // names the file
            }
        }
    }

    static byte[] Damage(byte[] content, Random random)
    {
        if (content.Length == 0)
            return content;
        switch (random.Next(3))
        {
            case 0: return content[..random.Next(content.Length)];
            case 1:
                for (int n = 0; n < 5; n++)
                    content[random.Next(content.Length)] = (byte)random.Next(256);
                return content;
            default:
                int at = random.Next(content.Length);
                return [.. content[..at], .. " \n\\-99999999999999999999"u8, .. content[at..]];
        }
    }

    /// <summary>Of the conventions, and our own for what they lack.</summary>
    static readonly string[] Namespaces = ["container", "hw", "system", "vigie"];

    [GeneratedRegex(@"^[a-z][a-z0-9]*([._][a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(1|By|By/s|Cel|rpm|s|\{[a-z]+\})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unit();

    [GeneratedRegex(@"^[A-Z0-9].{8,}[^.]\.$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^[^ {]+(\{.*\})?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Series();
}
