using Vigie.Hub.Alerts.Incidents;

namespace Vigie.Hub.Inventory;

/// <summary>What was installed, upgraded or removed in the days before an alert.</summary>
sealed class PackageContext(PackageChangeStore changes) : IMessageContext
{
    const int Most = 8;

    static readonly TimeSpan Before = TimeSpan.FromDays(3);

    public int Place => 30;

    public Task<IReadOnlyList<(string Name, string Value)>> OfAsync(string host, DateTimeOffset at, MessageStyle style, CancellationToken ct)
    {
        var found = changes.Of(host, at - Before, at, Most + 1);
        string all = string.Join('\n', found.Take(Most).Select(c => $"{style.Time(c.At)} {Text(c, style)}"));
        return Task.FromResult<IReadOnlyList<(string, string)>>([("Packages changed", found.Count > Most ? all + "\n…" : all)]);
    }

    static string Text(PackageChange change, MessageStyle style) => change switch
    {
        { Before: "" } => style.Texts.Format("{0} {1} installed", change.Package, change.After),
        { After: "" } => style.Texts.Format("{0} {1} removed", change.Package, change.Before),
        _ => $"{change.Package} {change.Before} → {change.After}",
    };
}
