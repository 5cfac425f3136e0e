using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Hands what is read of one selection to all that need it, as far as the budget goes.</summary>
sealed class SelectionSink(SeriesStream[] streams, Budget budget) : ISeriesSink
{
    public IReadOnlyList<ISeriesPart> Split(int parts)
    {
        var receivers = new Part[parts];
        for (int i = 0; i < parts; i++)
            receivers[i] = new(new ISeriesPart[streams.Length], budget);
        for (int stream = 0; stream < streams.Length; stream++)
        {
            var split = streams[stream].Split(parts);
            for (int i = 0; i < parts; i++)
                receivers[i].Receivers[stream] = split[i];
        }
        return receivers;
    }

    sealed class Part(ISeriesPart[] receivers, Budget budget) : ISeriesPart
    {
        public ISeriesPart[] Receivers => receivers;

        public void Instants(ReadOnlyMemory<long> timesMs)
        {
            foreach (var receiver in receivers)
                receiver.Instants(timesMs);
        }

        public void Series(Labels labels, ReadOnlySpan<double> values)
        {
            budget.ReadSeries(values.Length);
            foreach (var receiver in receivers)
                receiver.Series(labels, values);
        }

        public void Summarised(Labels labels, IReadOnlyList<SeriesStretch> stretches)
        {
            budget.ReadSeries(stretches.Sum(s => s.Values.Length));
            foreach (var receiver in receivers)
                receiver.Summarised(labels, stretches);
        }
    }
}
