using Vigie.Agent.Reading;
using Vigie.Agent.Running;
using Vigie.Agent.Snapshots;

namespace Vigie.Agent.Inventory;

/// <summary>Tells the hub what the host is made of: at the start, and when it has changed. Runs beside the agent's rounds.</summary>
/// <param name="ownsProcess">The whole process is an agent, and nobody else's memory is looked through when some is given back.</param>
sealed class AgentInventory(HostRoot root, SnapshotLink link, TimeProvider time, AgentLog log, bool ownsProcess)
{
    /// <summary>By which it can be switched off like a probe.</summary>
    public const string Name = "inventory";

    /// <summary>Between two looks, which read times of change and a few small files.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    readonly InventoryReader _reader = new(root, time);
    string? _trouble;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Run(() => LookAsync(ct), ct); // away from the thread of the rounds, for a slow disk must not hold them up
            if (ownsProcess)
                ProcessMemory.LetGoOfFiles(); // each look takes a megabyte of code that no round wants
            await Task.Delay(Between, time, ct);
        }
    }

    /// <summary>Looks once, and hands the document on when there is news.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        try
        {
            if (await _reader.ReadAsync(ct) is { } document)
            {
                link.Offer(InventoryDocument.Kind, document);
                // Reading has made megabytes for kilobytes that stay, once in days: they are given back, for agents are judged by their memory.
                if (ownsProcess)
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            }
            _trouble = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            if (e.Message != _trouble)
                log(AgentLogLevel.Warning, $"inventory: {e.Message}; the hub keeps the one it has");
            _trouble = e.Message;
        }
    }
}
