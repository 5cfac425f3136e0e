using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>All that a query reads, read before it is evaluated, each different selection once.</summary>
sealed class SelectedSeries
{
    readonly Dictionary<(string Matchers, long FromMs, long ToMs, long StepMs), IReadOnlyList<SeriesSamples>> _series = [];

    public IReadOnlyList<SeriesSamples> this[SeriesSelection selection] => _series[Key(selection)];

    public static async ValueTask<SelectedSeries> ReadAsync(
        ISeriesSource source, IReadOnlyList<SeriesSelection> selections, Budget budget, CancellationToken ct)
    {
        var selected = new SelectedSeries();
        foreach (var selection in selections)
        {
            if (selected._series.ContainsKey(Key(selection)))
                continue;
            var series = await SelectAsync(source, selection, budget, ct);
            foreach (var one in series)
                budget.ReadSeries(one.Values.Length);
            selected._series.Add(Key(selection), series);
        }
        return selected;
    }

    /// <summary>The source stops where the budget ends: what is too much must not be read first.</summary>
    static async ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(ISeriesSource source, SeriesSelection selection, Budget budget,
        CancellationToken ct)
    {
        try
        {
            return await source.SelectAsync(selection with { MaxSeries = budget.SeriesLeft, MaxSamples = budget.SamplesLeft }, ct);
        }
        catch (SelectionTooLargeException e)
        {
            throw e.OfSeries ? budget.TooManySeries() : budget.TooManySamples();
        }
    }

    static (string, long, long, long) Key(SeriesSelection s) => (string.Join('\0', s.Matchers), s.FromMs, s.ToMs, s.StepMs);
}
