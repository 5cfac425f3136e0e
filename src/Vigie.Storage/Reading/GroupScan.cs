using System.Runtime.InteropServices;

namespace Vigie.Storage;

/// <summary>Series of one group read over its parts, sharing the instants they have in common.</summary>
sealed class GroupScan(IReadOnlyList<SamplePart> parts, long fromMs, long toMs) : IDisposable
{
    readonly Dictionary<Key, MergedTimes?> _times = [];
    readonly int[] _wanted = new int[parts.Count];
    int[] _lastNumbers = [];
    MergedTimes? _last;

    public int Parts => parts.Count;

    /// <summary>The instants of a column and where it stands in each part.</summary>
    public MergedTimes Times(ColumnKey key, Span<int> columns)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            columns[i] = parts[i].Find(key);
            _wanted[i] = columns[i] < 0 ? -1 : parts[i].TimesOf(columns[i]);
        }
        // Nearly always those of the series before.
        if (_last is not null && _wanted.AsSpan().SequenceEqual(_lastNumbers))
            return _last;
        _lastNumbers = [.. _wanted];
        ref var merged = ref CollectionsMarshal.GetValueRefOrAddDefault(_times, new(_lastNumbers), out _);
        return _last = merged ??= MergedTimes.Of(parts, _lastNumbers, fromMs, toMs);
    }

    public void Fill(MergedTimes times, ReadOnlySpan<int> columns, Span<double> values) => times.Fill(parts, columns, values);

    /// <summary>Gives back what was lent. Who doesn't dispose leaves it to the collector.</summary>
    public void Dispose()
    {
        foreach (var times in _times.Values)
            times?.Dispose(); // null when it could not be read
        _times.Clear();
        _last = null;
    }

    readonly struct Key(int[] numbers) : IEquatable<Key>
    {
        readonly int[] _numbers = numbers;

        public bool Equals(Key other) => _numbers.AsSpan().SequenceEqual(other._numbers);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (int number in _numbers)
                hash.Add(number);
            return hash.ToHashCode();
        }
    }
}
