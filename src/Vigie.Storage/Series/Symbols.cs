using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// The words of label sets, each stored and held once: a fleet's series repeat a few hundred names and values. A label set is
/// stored and held as the numbers of its words, name and value by turns, as varints, in the order of the names: a sixth of what
/// an object with references to strings takes. Written under the memory's lock; words that are there may be read without it.
/// </summary>
sealed class Symbols
{
    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    volatile string?[] _words = new string?[64];

    /// <summary>The number the next new word gets.</summary>
    public int Next { get; private set; }

    public void Add(int number, string word)
    {
        if (number >= _words.Length)
        {
            string?[] more = new string?[Math.Max(number + 1, _words.Length * 2)];
            _words.CopyTo(more, 0);
            _words = more; // filled before it is seen
        }
        _words[number] = word;
        Next = Math.Max(Next, number + 1);
        _numbers[word] = number;
    }

    public bool TryFind(string word, out int number) => _numbers.TryGetValue(word, out number);

    /// <summary>The numbers of a label set's words; false when one has none yet.</summary>
    public bool TryPack(Labels labels, ByteBuffer to)
    {
        to.Clear();
        foreach (var label in labels.Span)
        {
            if (!TryFind(label.Name, out int name) || !TryFind(label.Value, out int value))
                return false;
            to.Varint((ulong)name);
            to.Varint((ulong)value);
        }
        return true;
    }

    /// <summary>The value of a label, empty when the set has none of that name.</summary>
    /// <param name="name">Its number; -1 is no name.</param>
    public string Value(ReadOnlySpan<byte> packed, int name)
    {
        var reader = new VarintReader(packed);
        while (!reader.AtEnd)
        {
            bool isIt = (int)reader.Next() == name;
            int value = (int)reader.Next();
            if (isIt)
                return _words[value]!;
        }
        return "";
    }

    /// <exception cref="DatabaseException">Bytes that no writer of Vigie has made.</exception>
    public Labels Read(ReadOnlySpan<byte> packed, long series)
    {
        var labels = new List<Label>(8);
        try
        {
            var reader = new VarintReader(packed);
            while (!reader.AtEnd)
                labels.Add(new(Word((long)reader.Next()), Word((long)reader.Next())));
        }
        catch (FormatException e)
        {
            throw new DatabaseException($"the labels of series {series} can't be read: {e.Message}", e);
        }
        return Labels.From(labels);
    }

    string Word(long number) => number >= 0 && number < _words.Length && _words[number] is { } word
        ? word
        : throw new FormatException($"there is no word with the number {number}");
}
