namespace Vigie.Storage;

/// <summary>Some series of one piece.</summary>
readonly record struct PieceSlice(Piece Piece, int From, int Count);

/// <summary>
/// A plan in parts of about the same work. They follow from what is to be read alone, so that an answer that is put together of
/// them is the same however many threads read it.
/// </summary>
static class ReadShares
{
    /// <summary>Samples of a part: less is read faster than another thread is told of it.</summary>
    const long LeastSamples = 100_000;

    const int MostParts = 16;

    public static List<List<PieceSlice>> Of(IReadOnlyList<Piece> pieces)
    {
        long all = pieces.Sum(p => p.SamplesEach * p.Entries.Count);
        long target = Math.Max(LeastSamples, all / MostParts);
        var parts = new List<List<PieceSlice>> { new() };
        long filled = 0;
        foreach (var piece in pieces)
        {
            long each = Math.Max(1, piece.SamplesEach);
            for (int from = 0; from < piece.Entries.Count;)
            {
                if (filled >= target)
                {
                    parts.Add([]);
                    filled = 0;
                }
                // A piece is cut only if it is much more than a part: each slice opens its blocks anew.
                long rest = each * (piece.Entries.Count - from);
                int count = rest <= 2 * target ? piece.Entries.Count - from : (int)Math.Max(1, target / each);
                parts[^1].Add(new(piece, from, count));
                from += count;
                filled += each * count;
            }
        }
        return parts;
    }
}
