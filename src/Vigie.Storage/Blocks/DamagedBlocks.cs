using System.Collections.Concurrent;

namespace Vigie.Storage;

/// <summary>A block is missing or can't be read.</summary>
sealed class DamagedBlockException(BlockInfo block, string reason, Exception? inner = null)
    : DatabaseException($"block {block.Id} is damaged: {reason}. `vigie restore` brings the last backup back.", inner)
{
    public BlockInfo Block { get; } = block;

    public string Reason { get; } = reason;
}

/// <summary>A block that can't be read. Its samples are missing; all others are there.</summary>
public sealed record DamagedBlock(long Id, string Host, DateTimeOffset First, DateTimeOffset Last, string Reason);

/// <summary>
/// The blocks that were found damaged since the start. They are left as they are, because a restore or a better disk may bring
/// them back; nothing is merged into them or made of them, and the rest goes on.
/// </summary>
sealed class DamagedBlocks
{
    readonly ConcurrentDictionary<long, DamagedBlockException> _known = [];

    public IEnumerable<DamagedBlockException> All => _known.Values;

    /// <summary>Returns whether it was not known yet.</summary>
    public bool Note(DamagedBlockException damage) => _known.TryAdd(damage.Block.Id, damage);

    public bool Contains(BlockInfo block) => _known.ContainsKey(block.Id);

    public BlockInfo[] Without(IEnumerable<BlockInfo> blocks) => [.. blocks.Where(b => !Contains(b))];
}
