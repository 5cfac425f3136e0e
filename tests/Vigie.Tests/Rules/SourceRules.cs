using System.Text.RegularExpressions;
using Vigie.Tests.Support;

namespace Vigie.Tests.Rules;

/// <summary>What the compiler can't enforce.</summary>
public sealed partial class SourceRules
{
    const int MostLines = 400, MostColumns = 160;

    static IEnumerable<string> Files(string folder, params string[] endings) =>
        Directory.EnumerateFiles(Repository.Path(folder), "*", SearchOption.AllDirectories)
            .Where(f => endings.Any(e => f.EndsWith(e, StringComparison.Ordinal)));

    [Fact]
    public void Files_stay_short()
    {
        var long_ = Files("src", ".cs", ".razor", ".css", ".js")
            .Concat(Files("tests", ".cs"))
            .Where(f => File.ReadLines(f).Count() > MostLines);
        Assert.Empty(long_);
    }

    /// <summary>The editor's width is 140; a message or test data may go beyond. A text that is translated is one
    /// literal: its key.</summary>
    [Fact]
    public void Lines_stay_within_a_screen()
    {
        var wide = Files("src", ".cs", ".razor").Concat(Files("tests", ".cs"))
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (Place: $"{f}:{i + 1}", Line: line)))
            .Where(l => l.Line.Length > MostColumns && !TranslatedText().IsMatch(l.Line))
            .Select(l => l.Place);
        Assert.Empty(wide);
    }

    [Fact]
    public void Sql_stands_in_stores_and_in_the_storage_project_only()
    {
        var elsewhere = Files("src/Vigie.Hub", ".cs", ".razor")
            .Where(f => !f.EndsWith("Store.cs", StringComparison.Ordinal) && Sql().IsMatch(File.ReadAllText(f)));
        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Razor_types_stand_in_pages_and_in_web_only()
    {
        var elsewhere = Files("src/Vigie.Hub", ".cs")
            .Where(f => !f.Contains("/Web/", StringComparison.Ordinal) && !f.EndsWith("HubApp.cs", StringComparison.Ordinal)
            && File.ReadAllText(f).Contains("Microsoft.AspNetCore.Components", StringComparison.Ordinal));
        Assert.Empty(elsewhere);
    }

    [Fact]
    public void No_type_is_a_manager_a_helper_or_a_drawer()
    {
        var names = new[] { typeof(Vigie.Core.Metrics.Labels), typeof(Vigie.PromQL.QueryEngine), typeof(Vigie.Storage.Database),
            typeof(Vigie.Agent.AgentHost), typeof(Vigie.Hub.HubApp) }
            .SelectMany(t => t.Assembly.GetTypes())
            .Where(t => t.Namespace?.StartsWith("Vigie", StringComparison.Ordinal) == true)
            .Select(t => t.Name);
        Assert.DoesNotContain(names, n => n.EndsWith("Manager", StringComparison.Ordinal)
            || n.EndsWith("Helper", StringComparison.Ordinal)
            || n.EndsWith("Utils", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_left_for_later_and_nothing_is_folded_away()
    {
        string[] words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "#reg" + "ion"];
        var found = Files("src", ".cs", ".razor", ".js", ".css")
            .Concat(Files("tests", ".cs"))
            .Where(f => words.Any(w => File.ReadAllText(f).Contains(w, StringComparison.Ordinal)));
        Assert.Empty(found);
    }

    /// <summary>Documents name files as `path/with/slash`; each must be there.</summary>
    [Fact]
    public void Every_path_that_a_document_names_exists()
    {
        var missing = new List<string>();
        foreach (string document in Directory.GetFiles(Repository.Path("."), "*.md").Concat(Files("docs", ".md")))
            foreach (Match match in Named().Matches(File.ReadAllText(document)))
            {
                string path = match.Groups["path"].Value;
                if (!Path.Exists(Repository.Path(path)))
                    missing.Add($"{Path.GetFileName(document)}: {path}");
            }
        Assert.Empty(missing);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken = new List<string>();
        foreach (string document in Directory.GetFiles(Repository.Path("."), "*.md").Concat(Files("docs", ".md")))
            foreach (Match match in Link().Matches(File.ReadAllText(document)))
                if (!Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, match.Groups["path"].Value)))
                    broken.Add($"{Path.GetFileName(document)}: {match.Groups["path"].Value}");
        Assert.Empty(broken);
    }

    [GeneratedRegex("""\b(SELECT\s[\s\S]{1,80}\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b""",
        RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Sql();

    [GeneratedRegex("""\bt(\.Format\(|\[)"[^"]{120,}"[,\]]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TranslatedText();

    [GeneratedRegex("""`(?<path>(src|tests|docs|bench|packaging)/[A-Za-z0-9_./-]+)`""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();

    [GeneratedRegex("""\]\((?<path>[A-Za-z0-9_./-]+)(#[a-z-]+)?\)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
