using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>Answers one selection from one state of the file and the head that belongs to it.</summary>
/// <param name="withOther">Does something with another connection to the same file, in a transaction.</param>
sealed class SampleReader(SqliteConnection connection, StoreMemory memory, Horizons kept, Action<Action<SqliteConnection>> withOther)
{
    /// <returns>False when blocks were sealed or deleted since the transaction began: it is to be begun again.</returns>
    public bool Read(SeriesSelection selection, ISeriesSink sink, CancellationToken ct)
    {
        if (ReadPlan.Of(selection, connection, memory, kept) is not { } plan)
            return false;
        var shares = ReadShares.Of(plan.Pieces);
        var parts = sink.Split(shares.Count);
        Write(plan.Latest, parts[0], ct);
        var reading = new SharedReading(shares.Count);
        for (int other = 1; other < Math.Min(selection.Workers, shares.Count); other++)
            _ = Task.Run(() => Join(plan.Version, Share), CancellationToken.None);
        Share(connection);
        reading.Finish();
        return true;

        void Share(SqliteConnection by)
        {
            using var reader = new PieceReader(by, selection);
            reading.Work(share =>
            {
                foreach (var (piece, from, count) in shares[share])
                    reader.Read(piece, from, count, parts[share], ct);
            });
        }
    }

    /// <summary>Joins in if the other connection sees the same blocks; otherwise the one who asked reads all of it.</summary>
    void Join(long version, Action<SqliteConnection> read)
    {
        try
        {
            withOther(other =>
            {
                if (StoreState.Version(other) == version)
                    read(other);
            });
        }
        catch (Exception e) when (e is DatabaseException or StoreUnavailableException or ObjectDisposedException)
        {
            // What is wrong is met, and told, by the one who asked.
        }
    }

    static void Write(List<LatestSample> latest, ISeriesPart part, CancellationToken ct)
    {
        long[] times = new long[1];
        Span<double> values = stackalloc double[1];
        foreach (var sample in latest)
        {
            ct.ThrowIfCancellationRequested();
            (times[0], values[0]) = (sample.TimeMs, sample.Value);
            part.Instants(times);
            part.Series(sample.Entry.Labels, values);
        }
    }

    /// <summary>The label sets with a sample in the range; null when the transaction is to be begun again.</summary>
    public IReadOnlyList<Labels>? Series(SeriesSelection selection, CancellationToken ct)
    {
        if (ReadPlan.Of(selection with { LatestOnly = true }, connection, memory, kept) is not { } plan)
            return null;
        var found = plan.Latest.ConvertAll(sample => sample.Entry.Labels);
        using var reader = new PieceReader(connection, selection);
        foreach (var piece in plan.Pieces)
        {
            ct.ThrowIfCancellationRequested();
            reader.List(piece, found);
        }
        return found;
    }
}
