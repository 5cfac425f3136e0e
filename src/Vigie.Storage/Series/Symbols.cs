using System.Text;

namespace Vigie.Storage;

/// <summary>
/// The words of label sets, each stored and held once: a fleet's series repeat a few hundred names and values. A label set is
/// stored as the numbers of its words, name and value by turns, as varints.
/// </summary>
sealed class Symbols
{
    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    readonly List<string?> _words = [];

    /// <summary>The number the next new word gets.</summary>
    public int Next => _words.Count;

    public void Add(int number, string word)
    {
        while (_words.Count <= number)
            _words.Add(null);
        _words[number] = word;
        _numbers[word] = number;
    }

    public bool TryFind(string word, out int number) => _numbers.TryGetValue(word, out number);

    public IEnumerable<(int Number, string Word)> All => _words.Select((w, i) => (i, w)).Where(w => w.w is not null)!;

    /// <exception cref="DatabaseException">Bytes that no writer of Vigie has made.</exception>
    public Core.Metrics.Labels Read(ReadOnlySpan<byte> bytes, long series)
    {
        var labels = new List<Core.Metrics.Label>(8);
        try
        {
            var reader = new VarintReader(bytes);
            while (!reader.AtEnd)
                labels.Add(new(Word((long)reader.Next()), Word((long)reader.Next())));
        }
        catch (FormatException e)
        {
            throw new DatabaseException($"the labels of series {series} can't be read: {e.Message}", e);
        }
        return Core.Metrics.Labels.From(labels);

        string Word(long number) => number >= 0 && number < _words.Count && _words[(int)number] is { } word
            ? word
            : throw new FormatException($"there is no word with the number {number}");
    }
}
