using System.Runtime.InteropServices;

namespace Vigie.Storage;

/// <summary>Rollups on their way into blocks.</summary>
sealed class RolledPart : SamplePart
{
    readonly Dictionary<ColumnKey, int> _columns = [];
    readonly List<(int Times, double[] Values)> _values = [];
    readonly List<long[]> _times = [];

    public void Add(SeriesEntry entry, RolledSeries rolled)
    {
        if (rolled.Times.Count == 0)
            return;
        long[] times = [.. rolled.Times];
        int number = _times.FindIndex(t => t.AsSpan().SequenceEqual(times));
        if (number < 0)
        {
            number = _times.Count;
            _times.Add(times);
        }
        foreach (var part in rolled.Parts)
        {
            _columns.Add(new(entry, part), _values.Count);
            _values.Add((number, [.. rolled[part]]));
        }
    }

    /// <summary>Every instant that any column has, ascending.</summary>
    public long[] AllTimes() => [.. _times.SelectMany(t => t).Distinct().Order()];

    public override int Find(ColumnKey key) => _columns.GetValueOrDefault(key, -1);

    public override IEnumerable<ColumnKey> Keys(SeriesEntry[] members) => _columns.Keys;

    public override int TimesOf(int column) => _values[column].Times;

    public override ReadOnlySpan<long> Times(int number) => _times[number];

    public override ReadOnlySpan<double> Values(int column) => CollectionsMarshal.AsSpan(_values)[column].Values;
}
