using Vigie.Hub.Advisories.Feeds;

namespace Vigie.Hub.Advisories.Matching.Readers;

/// <summary>
/// Alpine's secdb, <c>/v3.20/main.json</c>: <c>{distroversion, packages: [{pkg: {name, secfixes: {version: [CVE]}}}]}</c>. The version <c>0</c> says
/// that no version was ever affected. It lists fixes only: of what is not fixed it says nothing.
/// </summary>
static class AlpineSecdbReader
{
    public static int Read(byte[] body, SecurityData data, Wanted wanted)
    {
        using var json = OutsideJson.Parse(body);
        string release = json.RootElement.Text("distroversion")
            ?? throw new FormatException("it names no distroversion");
        if (!wanted.IsSuite(release))
            return 0;
        var suite = new Suite("alpine", data.Text(OutsideText.Line(release, 40)));
        int count = 0;
        foreach (var package in json.RootElement.List("packages").Select(p => p.Member("pkg")))
        {
            if (package.Text("name") is not { Length: > 0 } name || !wanted.IsSource(name))
                continue;
            var fixes = package.Member("secfixes");
            if (fixes.ValueKind != System.Text.Json.JsonValueKind.Object)
                continue;
            var rows = data[suite, data.Text(name)];
            foreach (var fix in fixes.EnumerateObject())
                foreach (long cve in fixes.List(fix.Name).SelectMany(Cves).Distinct())
                {
                    bool never = fix.Name == "0";
                    rows.Add(new(cve, never ? FixState.NotAffected : FixState.Resolved, never ? null : data.Text(fix.Name), null, Urgency.None,
                        SourceRank.Own));
                    count++;
                }
        }
        return count;
    }

    /// <summary>One entry may name several: <c>CVE-2019-1 CVE-2019-2</c>, or add a remark.</summary>
    static IEnumerable<long> Cves(System.Text.Json.JsonElement entry) =>
        entry.ValueKind == System.Text.Json.JsonValueKind.String
            ? entry.GetString()!.Split([' ', ',', '/', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Select(CveId.Parse).Where(c => c != 0)
            : [];
}
