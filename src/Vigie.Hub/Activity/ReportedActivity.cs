using System.Text.Json;
using Vigie.Agent.Activity;
using Vigie.Hub.Snapshots;

namespace Vigie.Hub.Activity;

/// <summary>Sessions and greedy processes of hosts, as their agents have told last.</summary>
sealed class ReportedActivity(SnapshotStore snapshots)
{
    /// <summary>More than an agent sends is from somebody who means no good.</summary>
    const int Most = 100;

    /// <summary>Null when the host has told nothing, or nothing that can be read.</summary>
    public (ActivityDocument Document, DateTimeOffset Time)? Of(string host)
    {
        if (snapshots.Find(host, ActivityDocument.Kind) is not { } snapshot)
            return null;
        try
        {
            return JsonSerializer.Deserialize(snapshot.Json, DocumentJson.Default.ActivityDocument) is { } d
                ? (d with { Sessions = Sessions(d), ByCpu = Processes(d.ByCpu), ByMemory = Processes(d.ByMemory) }, snapshot.Time) : null;
        }
        catch (JsonException)
        {
            return null; // of a newer agent, or of somebody who means no good
        }
    }

    static ReportedSession[]? Sessions(ActivityDocument document) => document.Sessions is null ? null :
    [
        .. document.Sessions.Where(s => s is { User.Length: > 0 }).Take(Most)
            .Select(s => s with { Terminal = s.Terminal ?? "", From = s.From ?? "" }),
    ];

    static TopProcess[] Processes(IReadOnlyList<TopProcess>? processes) =>
        [.. (processes ?? []).Where(p => p is { Name: not null }).Take(Most).Select(p => p with { User = p.User ?? "" })];
}
