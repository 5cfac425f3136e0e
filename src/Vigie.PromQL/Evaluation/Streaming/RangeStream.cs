using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Keeps whole series, without stale markers: the answer to a range, and what needs it as such.</summary>
sealed class RangeStream(SeriesSelection selection) : SeriesStream(selection)
{
    Part[] _parts = [];

    public IReadOnlyList<RangeSeries> Series => [.. _parts.SelectMany(part => part.Kept)];

    public override IReadOnlyList<ISeriesPart> Split(int parts)
    {
        _parts = new Part[parts];
        for (int i = 0; i < parts; i++)
            _parts[i] = new();
        return _parts;
    }

    public override void Dispose() { }

    sealed class Part : ISeriesPart
    {
        ReadOnlyMemory<long> _lent;
        long[]? _times;

        public List<RangeSeries> Kept { get; } = [];

        public void Instants(ReadOnlyMemory<long> timesMs) => (_lent, _times) = (timesMs, null);

        public void Series(Labels labels, ReadOnlySpan<double> values)
        {
            int stale = Gap.Count(values);
            if (stale == 0)
            {
                Kept.Add(new(labels, DropName: false, _times ??= _lent.ToArray(), values.ToArray()));
                return;
            }
            var (times, kept) = (new long[values.Length - stale], new double[values.Length - stale]);
            for (int i = 0, next = 0; i < values.Length; i++)
                if (!Gap.Is(values[i]))
                    (times[next], kept[next++]) = (_lent.Span[i], values[i]);
            Kept.Add(new(labels, DropName: false, times, kept));
        }
    }
}
