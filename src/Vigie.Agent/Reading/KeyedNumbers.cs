using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>
/// Wanted numbers of a file of lines like <c>MemTotal:  1024 kB</c>, all in one pass. On which line each stands is remembered, for a kernel
/// always writes the same lines in the same order; when one stands elsewhere than before, all are looked for again.
/// </summary>
/// <param name="source">The file's name, for messages.</param>
/// <param name="keys">As they stand at a line's start, a colon included. Of a key that comes twice the first counts.</param>
sealed class KeyedNumbers(string source, params string[] keys)
{
    readonly byte[][] _keys = [.. keys.Select(Encoding.ASCII.GetBytes)];
    readonly ulong?[] _values = new ulong?[keys.Length];
    readonly List<int> _keyOfLine = [];

    /// <summary>The number behind the key of that place; null when no line has the key.</summary>
    public ulong? this[int key] => _values[key];

    /// <exception cref="FormatException">There is no number behind a key.</exception>
    public void Read(ReadOnlySpan<byte> text)
    {
        if (!TryReadAsBefore(text))
            ReadAnew(text);
    }

    bool TryReadAsBefore(ReadOnlySpan<byte> text)
    {
        int at = 0;
        for (; text.TakeLine(out var line); at++)
        {
            if (at == _keyOfLine.Count)
                return false;
            int key = _keyOfLine[at];
            if (key < 0)
                continue;
            if (!line.TakeField(out var field) || !field.SequenceEqual(_keys[key]))
                return false;
            _values[key] = line.TakeNumber(source);
        }
        return at == _keyOfLine.Count && at > 0;
    }

    void ReadAnew(ReadOnlySpan<byte> text)
    {
        Array.Clear(_values);
        _keyOfLine.Clear();
        while (text.TakeLine(out var line))
        {
            int key = line.TakeField(out var field) ? IndexOf(field) : -1;
            if (key >= 0)
                _values[key] = line.TakeNumber(source);
            _keyOfLine.Add(key);
        }
    }

    int IndexOf(ReadOnlySpan<byte> field)
    {
        for (int i = 0; i < _keys.Length; i++)
            if (field.SequenceEqual(_keys[i]))
                return _values[i] is null ? i : -1;
        return -1;
    }
}
