using System.Runtime.ExceptionServices;

namespace Vigie.Storage;

/// <summary>Parts that several threads read, each part one of them. When one fails the others stop.</summary>
sealed class SharedReading(int parts)
{
    readonly object _gate = new();
    int _next, _working;
    ExceptionDispatchInfo? _failure;

    /// <summary>Takes parts until there is none left. Whoever comes late has nothing to do.</summary>
    public void Work(Action<int> read)
    {
        lock (_gate)
            _working++;
        try
        {
            while (TryTake(out int part))
                read(part);
        }
        catch (Exception e)
        {
            lock (_gate)
                _failure ??= ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            lock (_gate)
            {
                _working--;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits for those that are still at work, which is never longer than one part takes.</summary>
    public void Finish()
    {
        lock (_gate)
            while (_working > 0)
                Monitor.Wait(_gate);
        _failure?.Throw();
    }

    bool TryTake(out int part)
    {
        lock (_gate)
        {
            part = _next;
            if (part == parts || _failure is not null)
                return false;
            _next++;
            return true;
        }
    }
}
