using System.Globalization;

namespace Vigie.Agent.Checks;

/// <summary>
/// The words behind a check's kind, taken one after the other: first what stands at a fixed place, then pairs of a key and its value.
/// Everything that is wrong is collected and told at once.
/// </summary>
sealed class CheckArguments(IReadOnlyList<string> words)
{
    readonly List<string> _errors = [];
    readonly Dictionary<string, string> _pairs = new(StringComparer.Ordinal);
    int _at;
    bool _paired;

    /// <summary>The next word, which must be there.</summary>
    public string Word(string what)
    {
        if (_at < words.Count)
            return words[_at++];
        _errors.Add($"{what} is missing");
        return "";
    }

    /// <summary>All the words that are left.</summary>
    public IReadOnlyList<string> Rest()
    {
        var rest = words.Skip(_at).ToArray();
        _at = words.Count;
        return rest;
    }

    /// <summary>The value behind a key; null when the key is not there.</summary>
    public string? Text(string key)
    {
        if (!_paired)
        {
            _paired = true;
            for (; _at + 1 < words.Count; _at += 2)
                if (!_pairs.TryAdd(words[_at], words[_at + 1]))
                    _errors.Add($"{words[_at]} comes twice");
            if (_at < words.Count)
                _errors.Add($"{words[_at++]} needs a value behind it");
        }
        return _pairs.Remove(key, out var value) ? value : null;
    }

    public TimeSpan? Time(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (TryTime(text, out var time))
            return time;
        _errors.Add($"{key}: \"{text}\" is no time; write it like 500ms, 30s, 5m, 2h or 1d");
        return null;
    }

    public double? Number(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            return number;
        _errors.Add($"{key}: \"{text}\" is no number");
        return null;
    }

    public void Wrong(string why) => _errors.Add(why);

    public void ThrowIfWrong()
    {
        if (_at < words.Count || _pairs.Count > 0)
            _errors.Add($"\"{(_pairs.Count > 0 ? _pairs.Keys.First() : words[_at])}\" is not understood here");
        if (_errors.Count > 0)
            throw new FormatException(string.Join("; ", _errors));
    }

    /// <summary>500ms, 30s, 5m, 2h, 1d</summary>
    public static bool TryTime(string text, out TimeSpan time)
    {
        bool good = TrySeconds(text, out double seconds) && seconds is > 0 and < 1e9;
        time = good ? TimeSpan.FromSeconds(seconds) : default;
        return good;
    }

    /// <summary>The same as seconds, without a bound.</summary>
    public static bool TrySeconds(string text, out double seconds)
    {
        var (digits, factor) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith('s') => (text[..^1], 1),
            _ when text.EndsWith('m') => (text[..^1], 60),
            _ when text.EndsWith('h') => (text[..^1], 3600),
            _ when text.EndsWith('d') => (text[..^1], 86400),
            _ => ("", 0d),
        };
        bool good = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        seconds = number * factor;
        return good;
    }
}
