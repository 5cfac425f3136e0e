using Vigie.Hub.Advisories.Matching;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>Finds packages that have a security update by the distribution's data alone: a third of these updates is in no bulletin.</summary>
sealed class PendingUpdates(SecurityData data)
{
    readonly Dictionary<PackageProfile, PendingUpdate?> _known = [];

    /// <summary>Null when there is none, or when nothing can be said.</summary>
    public PendingUpdate? Of(PackageProfile package)
    {
        if (_known.TryGetValue(package, out var update))
            return update;
        return _known[package] = Find(package);
    }

    PendingUpdate? Find(PackageProfile package)
    {
        var judge = new PackageJudge(package, data);
        if (judge.Doubt is not null)
            return null;
        string? fix = null;
        int cves = 0;
        var worst = Urgency.None;
        foreach (var rows in judge.Rows)
        {
            var all = rows.Rows.ToArray().AsSpan();
            for (int i = 0, next; i < all.Length; i = next)
            {
                for (next = i + 1; next < all.Length && all[next].Cve == all[i].Cve; next++)
                {
                }
                var (verdict, row, _) = judge.Judge(all[i..next]);
                if (verdict != Verdict.FixAvailable || row.Fixed is null)
                    continue;
                cves++;
                if (row.Urgency > worst)
                    worst = row.Urgency;
                if (fix is null || package.System.Scheme.Compare(row.Fixed, fix) > 0)
                    fix = row.Fixed;
            }
        }
        return fix is null ? null : new(OutsideText.Line(package.Source, 200), OutsideText.Line(package.Running ?? package.Version, 200),
            OutsideText.Line(fix, 200), cves, worst.ToString().ToLowerInvariant());
    }
}
