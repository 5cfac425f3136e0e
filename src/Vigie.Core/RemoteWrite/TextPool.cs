using System.Collections.Concurrent;
using System.Text;

namespace Vigie.Core.RemoteWrite;

/// <summary>
/// One string for each short text of labels: names, jobs and instances come again in thousands of series, and half of a series'
/// memory would be copies of them.
/// </summary>
sealed class TextPool
{
    const int Most = 200_000, Longest = 128;

    readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    int _count;

    /// <param name="utf8">Must be valid.</param>
    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Longest)
            return Encoding.UTF8.GetString(utf8);
        Span<char> chars = stackalloc char[Longest];
        return Of(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
    }

    public string Of(ReadOnlySpan<char> text)
    {
        if (text.Length > Longest)
            return text.ToString();
        if (_texts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out string? known))
            return known;
        string created = text.ToString();
        if (Volatile.Read(ref _count) >= Most)
            return created;
        known = _texts.GetOrAdd(created, created);
        if (ReferenceEquals(known, created))
            Interlocked.Increment(ref _count);
        return known;
    }

    /// <summary>Begins anew when texts that come and go have used up the room.</summary>
    public void DropIfFull()
    {
        if (Volatile.Read(ref _count) < Most)
            return;
        _texts.Clear();
        _count = 0;
    }
}
