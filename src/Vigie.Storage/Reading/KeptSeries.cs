using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>Keeps all that is read, as far as the selection allows.</summary>
sealed class KeptSeries(SeriesSelection selection) : ISeriesSink
{
    Part[] _parts = [];
    long _series, _samples;

    public IReadOnlyList<SeriesSamples> Series => [.. _parts.SelectMany(part => part.Kept)];

    public IReadOnlyList<ISeriesPart> Split(int parts)
    {
        _parts = new Part[parts];
        for (int i = 0; i < parts; i++)
            _parts[i] = new(this);
        return _parts;
    }

    void Count(int samples)
    {
        bool tooManySeries = Interlocked.Increment(ref _series) > selection.MaxSeries;
        if (Interlocked.Add(ref _samples, samples) > selection.MaxSamples || tooManySeries)
            throw new SelectionTooLargeException(tooManySeries);
    }

    sealed class Part(KeptSeries all) : ISeriesPart
    {
        ReadOnlyMemory<long> _lent;
        long[]? _times;

        public List<SeriesSamples> Kept { get; } = [];

        public void Instants(ReadOnlyMemory<long> timesMs) => (_lent, _times) = (timesMs, null);

        public void Series(Labels labels, ReadOnlySpan<double> values)
        {
            all.Count(values.Length);
            Kept.Add(new(labels, _times ??= _lent.ToArray(), values.ToArray()));
        }
    }
}
