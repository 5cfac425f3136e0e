using System.Text.RegularExpressions;
using Vigie.Hub.Alerts;
using Vigie.Hub.Charts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;
using Vigie.Tests.Support;

namespace Vigie.Tests.Rules;

public sealed partial class TextRules
{
    /// <summary>Texts that are chosen at run time, so no literal stands beside the table.</summary>
    static IEnumerable<string> Computed() =>
    [
        .. ChartCatalog.All.Select(c => c.Title),
        .. DefaultRules.Of(new()).Select(r => r.Title), .. Vigie.Hub.Alerts.Policies.SimpleRule.HeadlineTitles,
        .. Enum.GetValues<HostState>().Select(HostStates.Text),
        .. Enum.GetValues<Vigie.Agent.Checks.CheckState>().Select(Vigie.Hub.Checks.CheckWords.State),
        .. new[] { "sent", "tried in vain", "refused", "works", "fails", "has refused", "not used yet" },
        .. new[] { "warning", "critical", "pending", "resolved", "System", "Light", "Dark", "State", "Name", "CPU", "Memory", "Disk" },
        "Most processor time", "Most memory",
        .. new[] { "user", "system", "interrupt", "used", "cached", "buffers", "read", "write", "receive", "transmit", "users",
            "major faults", "swap in", "swap out" },
        .. new[] { "core", "cpu", "memory", "io", "irq", "(all)", "running", "blocked", "stopped", "defunct", "open files",
            "tracked connections" },
    ];

    [Fact]
    public void Every_text_has_its_french()
    {
        var missing = Sources().SelectMany(LiteralsOf).Concat(Computed())
            .Distinct(StringComparer.Ordinal)
            .Where(t => !Texts.FrenchTable.ContainsKey(t))
            .ToList();
        Assert.True(missing.Count == 0, "Add to a *.fr.json:\n" + string.Join('\n', missing));
    }

    [Fact]
    public void French_texts_have_the_same_places_to_fill_in()
    {
        foreach (var (english, french) in Texts.FrenchTable)
            Assert.Equal([.. Places().Matches(english).Select(m => m.Value).Order(StringComparer.Ordinal)],
                Places().Matches(french).Select(m => m.Value).Order(StringComparer.Ordinal));
    }

    static IEnumerable<string> Sources() => Directory.EnumerateFiles(Repository.Path("src/Vigie.Hub"), "*.*", SearchOption.AllDirectories)
        .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal));

    static IEnumerable<string> LiteralsOf(string file) =>
        Literal().Matches(File.ReadAllText(file)).Select(m => Regex.Unescape(m.Groups["text"].Value));

    [GeneratedRegex("""(?:\bt|[tT]exts)(?:\[|\.Format\()"(?<text>(?:[^"\\]|\\.)*)"[\],)]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex Places();
}
