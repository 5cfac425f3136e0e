using System.Text.Json;
using Vigie.Agent.Checks;
using Vigie.Hub.Snapshots;

namespace Vigie.Hub.Checks;

/// <summary>The checks of hosts as their agents have told of them last.</summary>
sealed class ReportedChecks(SnapshotStore snapshots)
{
    /// <summary>The worst first; empty when the host has none, or its document can't be read.</summary>
    public IReadOnlyList<ReportedCheck> Of(string host)
    {
        if (snapshots.Find(host, CheckDocument.Kind) is not { } snapshot)
            return [];
        try
        {
            return [.. (JsonSerializer.Deserialize(snapshot.Json, CheckJson.Default.CheckDocument)?.Checks ?? [])
                .Where(c => c is { Name.Length: > 0 })
                .Select(Whole)
                .OrderBy(c => Order(c.State)).ThenBy(c => c.Name, StringComparer.OrdinalIgnoreCase)];
        }
        catch (JsonException)
        {
            return []; // of a newer agent, or of somebody who means no good
        }
    }

    /// <summary>What may be missing from a document is empty.</summary>
    static ReportedCheck Whole(ReportedCheck check) => check with
    {
        Kind = check.Kind ?? "",
        Text = check.Text ?? "",
        Details = check.Details ?? "",
        Values = [.. (check.Values ?? []).Where(v => v is { Label: not null }).Select(v => v with { Suffix = v.Suffix ?? "" })],
    };

    static int Order(CheckState state) => state switch
    {
        CheckState.Critical => 0,
        CheckState.Warning => 1,
        CheckState.Ok => 3,
        _ => 2,
    };
}
