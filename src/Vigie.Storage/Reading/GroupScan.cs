using System.Runtime.InteropServices;

namespace Vigie.Storage;

/// <summary>Series of one group read over its parts, sharing the instants they have in common.</summary>
sealed class GroupScan(IReadOnlyList<SamplePart> parts, long fromMs, long toMs)
{
    readonly Dictionary<Key, MergedTimes> _times = [];

    /// <summary>The instants of a column and where it stands in each part.</summary>
    public MergedTimes Times(ColumnKey key, Span<int> columns)
    {
        int[] numbers = new int[parts.Count];
        for (int i = 0; i < parts.Count; i++)
        {
            columns[i] = parts[i].Find(key);
            numbers[i] = columns[i] < 0 ? -1 : parts[i].TimesOf(columns[i]);
        }
        ref var merged = ref CollectionsMarshal.GetValueRefOrAddDefault(_times, new(numbers), out _);
        return merged ??= MergedTimes.Of(parts, numbers, fromMs, toMs);
    }

    public void Fill(MergedTimes times, ReadOnlySpan<int> columns, Span<double> values) => times.Fill(parts, columns, values);

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
