namespace Vigie.Hub.Alerts.Policies;

/// <summary>What differs between two policies.</summary>
/// <param name="Sign"><c>+</c> for what is new, <c>-</c> for what goes, <c>~</c> for what changes.</param>
sealed record PolicyChange(string Sign, string Section, string Name)
{
    public static IReadOnlyList<PolicyChange> Between(Policy before, Policy after) =>
    [
        .. before.Items.Keys.Union(after.Items.Keys).Where(key => before.Items.GetValueOrDefault(key) != after.Items.GetValueOrDefault(key))
            .Select(key => new PolicyChange(!before.Items.ContainsKey(key) ? "+" : !after.Items.ContainsKey(key) ? "-" : "~", key.Section, key.Name))
            .OrderBy(c => c.Section, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal),
    ];
}
