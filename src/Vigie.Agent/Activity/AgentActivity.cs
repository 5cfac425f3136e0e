using Vigie.Agent.Reading;
using Vigie.Agent.Running;
using Vigie.Agent.Snapshots;

namespace Vigie.Agent.Activity;

/// <summary>Tells the hub once a minute who is logged in and what is greedy. Runs beside the agent's rounds.</summary>
/// <param name="table">Of all processes; what the rounds have read of them is told at once.</param>
sealed class AgentActivity(HostRoot root, ProcessTable table, UserNames names, SnapshotLink link, TimeProvider time, AgentLog log,
    RoundLoop? loop = null)
{
    /// <summary>By which it can be switched off like a probe.</summary>
    public const string Name = "activity";

    /// <summary>The first document comes sooner, for shares of processors need some time to be told of.</summary>
    static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    /// <summary>Rounds that are far apart, or leave the processes out, wake nobody: then this reads them.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);

    readonly LoginSessions _sessions = new(root, names);
    readonly TopProcesses _processes = new(root, table, names, time);
    string? _trouble;

    public async Task RunAsync(CancellationToken ct)
    {
        using var waker = new Waker(time, loop);
        await Task.Run(Look, ct);
        table.Renewed = waker.Wake;
        for (var wait = First; ; wait = Patience)
        {
            await waker.WaitAsync(wait, ct);
            // In the thread of the rounds, and between two of them: what is read is the kernel's, and nothing that hangs.
            if (Look() is { } document)
                link.Offer(ActivityDocument.Kind, document.Write());
        }
    }

    /// <summary>Looks once; null when that has failed.</summary>
    public ActivityDocument? Look()
    {
        try
        {
            var (byCpu, byMemory, count) = _processes.Read();
            var document = new ActivityDocument(_sessions.Read(), byCpu, byMemory, count);
            _trouble = null;
            return document;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            if (e.Message != _trouble)
                log(AgentLogLevel.Warning, $"activity: {e.Message}; the hub is told nothing of sessions and processes until that is mended");
            _trouble = e.Message;
            return null;
        }
    }
}
