using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Vigie.Hub.Web;

/// <summary>
/// A person's language. English texts are their own keys; files <c>*.fr.json</c> hold the French ones, and a test finds a
/// text without its French. Numbers and dates are written here too, so that no page depends on the machine's culture data.
/// </summary>
sealed class Texts
{
    static readonly string[] EnglishMonths = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    static readonly string[] FrenchMonths =
        ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];

    readonly Dictionary<string, string>? _table;

    Texts(string language, Dictionary<string, string>? table) => (Language, _table) = (language, table);

    public static Texts English { get; } = new("en", null);

    public static Texts French { get; } = new("fr", Read(".fr.json"));

    public string Language { get; }

    public bool IsFrench => _table is not null;

    public static Texts Of(string? language) => language is "fr" ? French : English;

    public string this[string english] => _table is not null && _table.TryGetValue(english, out var text) ? text : english;

    /// <summary>A text with {0}, {1} in it.</summary>
    public string Format(string english, params object[] values) => string.Format(CultureInfo.InvariantCulture, this[english], values);

    /// <summary>The French table, for the test that looks for gaps.</summary>
    internal static IReadOnlyDictionary<string, string> FrenchTable => French._table!;

    public string Number(double value, int decimals = 1)
    {
        string text = Math.Round(value, decimals, MidpointRounding.AwayFromZero)
            .ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture);
        return IsFrench ? text.Replace('.', ',') : text;
    }

    /// <summary>A ratio as percent: "56.1 %" and "56,1 %", with a space that doesn't break.</summary>
    public string Percent(double ratio) => Number(ratio * 100) + "\u00a0%";

    public string BytesPerSecond(double bytes) => Bytes(bytes) + "/s";

    public string Bytes(double bytes)
    {
        string[] units = IsFrench ? ["o", "Kio", "Mio", "Gio", "Tio", "Pio"] : ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int i = 0;
        for (; Math.Abs(bytes) >= 1024 && i < units.Length - 1; i++)
            bytes /= 1024;
        return $"{Number(bytes, Math.Abs(bytes) < 10 && i > 0 ? 2 : Math.Abs(bytes) < 100 && i > 0 ? 1 : 0)}\u00a0{units[i]}";
    }

    public string Day(DateTimeOffset time) => IsFrench
        ? $"{(time.Day == 1 ? "1er" : time.Day.ToString(CultureInfo.InvariantCulture))} {FrenchMonths[time.Month - 1]}"
        : $"{time.Day} {EnglishMonths[time.Month - 1]}";

    public string Date(DateTimeOffset time) => $"{Day(time)} {time.Year}";

    public string DateTime(DateTimeOffset time) => $"{Date(time)} {time:HH:mm}";

    /// <summary>Roughly how long: "45 s", "12 min", "3 h 05 min", "2 d 4 h".</summary>
    public string Duration(TimeSpan span)
    {
        string day = IsFrench ? "j" : "d";
        return span.TotalSeconds < 90 ? $"{Math.Max(0, (int)span.TotalSeconds)}\u00a0s"
            : span.TotalMinutes < 90 ? $"{(int)span.TotalMinutes}\u00a0min"
            : span.TotalHours < 48 ? $"{(int)span.TotalHours}\u00a0h {span.Minutes:00}\u00a0min"
            : $"{(int)span.TotalDays}\u00a0{day} {span.Hours}\u00a0h";
    }

    /// <summary>French sets a space before these marks, and no line may begin with one.</summary>
    static string Unbreakable(string text) =>
        text.Replace(" :", "\u00a0:", StringComparison.Ordinal)
            .Replace(" ?", "\u00a0?", StringComparison.Ordinal)
            .Replace(" !", "\u00a0!", StringComparison.Ordinal)
            .Replace(" ;", "\u00a0;", StringComparison.Ordinal);

    /// <summary>A feature keeps its texts in its folder; two tables may hold the same text only with the same French.</summary>
    static Dictionary<string, string> Read(string ending)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(ending, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var (english, written) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
            {
                string text = Unbreakable(written);
                if (!table.TryAdd(english, text) && table[english] != text)
                    throw new InvalidDataException($"{name} translates \"{english}\" differently from another table");
            }
        }
        return table;
    }
}
