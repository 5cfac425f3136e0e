namespace Vigie.Storage;

public sealed partial class MetricStore
{
    /// <summary>Raised once for each block that is found damaged.</summary>
    public event Action<DamagedBlock>? DamageFound;

    /// <summary>The blocks found damaged since the start that are still in the file.</summary>
    public IReadOnlyList<DamagedBlock> Damage
    {
        get
        {
            var memory = _memory;
            lock (memory.Lock)
                return [.. _damaged.All.Where(d => memory.Groups.TryGetValue(d.Block.Group, out var group)
                    && group.Blocks(d.Block.Level).Contains(d.Block)).Select(d => Describe(memory, d))];
        }
    }

    static DamagedBlock Describe(StoreMemory memory, DamagedBlockException damage) => new(damage.Block.Id,
        memory.Groups.TryGetValue(damage.Block.Group, out var group) ? group.Host : "",
        DateTimeOffset.FromUnixTimeMilliseconds(damage.Block.FirstMs), DateTimeOffset.FromUnixTimeMilliseconds(damage.Block.LastMs),
        damage.Reason);

    bool Note(DamagedBlockException damage)
    {
        if (!_damaged.Note(damage))
            return false;
        var memory = _memory;
        DamagedBlock told;
        lock (memory.Lock)
            told = Describe(memory, damage);
        DamageFound?.Invoke(told);
        return true;
    }

    /// <summary>A question that needs a damaged block is not answered: a part of the samples would be a wrong answer.</summary>
    T Noting<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DamagedBlockException e)
        {
            Note(e);
            throw;
        }
    }

    /// <summary>Does work that leaves damaged blocks out, once more for each that turns out to be damaged.</summary>
    T AroundDamage<T>(Func<T> work)
    {
        while (true)
        {
            try
            {
                return work();
            }
            catch (DamagedBlockException e) when (Note(e))
            {
                // The next try does without it.
            }
        }
    }
}
