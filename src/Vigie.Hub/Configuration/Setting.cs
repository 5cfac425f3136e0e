using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Configuration;

/// <summary>One setting, read off the option records: its key is <c>Section:Name</c>.</summary>
sealed record Setting(string Key, PropertyInfo Property, object? Default)
{
    public string Help => Property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";

    public bool IsSection => Property.PropertyType is { IsClass: true } type && type != typeof(string) && !IsList;

    /// <summary>Channels, each with a name that the user chooses and the settings of its kind.</summary>
    public bool IsChannels => Property.PropertyType == typeof(IReadOnlyDictionary<string, ChannelOptions>);

    public bool IsList => Property.PropertyType == typeof(IReadOnlyList<string>);

    public bool IsSecret => Property.GetCustomAttribute<SecretAttribute>() is not null;

    public bool IsRequired => Property.GetCustomAttribute<RequiredAttribute>() is not null;

    /// <summary>The settings of a record itself: first its own, then those that it shares with others.</summary>
    public static IEnumerable<Setting> Of(Type record, string prefix = "")
    {
        object defaults = Activator.CreateInstance(record)!;
        return record.GetProperties().Where(p => p.SetMethod is not null)
            .Select(property => new Setting(prefix + property.Name, property, property.GetValue(defaults)));
    }

    /// <summary>All settings of a record, sections before their contents.</summary>
    public static IEnumerable<Setting> All(Type record, string prefix = "")
    {
        foreach (var setting in Of(record, prefix))
        {
            yield return setting;
            if (setting.IsSection)
                foreach (var inner in All(setting.Property.PropertyType, setting.Key + ':'))
                    yield return inner;
        }
    }

    /// <summary>The value that a text stands for, or what is wrong with it and how to write it.</summary>
    public (object? Value, string? Error) Parse(string text)
    {
        var type = Property.PropertyType;
        if (type == typeof(string))
            return Property.GetCustomAttribute<OneOfAttribute>() is { } oneOf && !oneOf.Values.Contains(text, StringComparer.Ordinal)
                ? (null, $"is \"{text}\"; choose one of {string.Join(", ", oneOf.Values)}")
                : (text, null);
        if (type == typeof(bool))
            return bool.TryParse(text, out bool flag) ? (flag, null) : (null, $"is \"{text}\"; write true or false");
        var (value, shape) = Convert(type, text);
        if (value is null)
            return (null, $"is \"{text}\"; write {shape}");
        if (Property.GetCustomAttribute<BetweenAttribute>() is { } between
            && (Comparer<object>.Default.Compare(Convert(type, between.Least).Value, value) > 0
                || Comparer<object>.Default.Compare(value, Convert(type, between.Most).Value) > 0))
            return (null, $"is \"{text}\"; it must be between {between.Least} and {between.Most}");
        return (value is long bytes ? new ByteSize(bytes) : value, null);
    }

    static (object? Value, string Shape) Convert(Type type, string text)
    {
        if (type == typeof(TimeSpan))
            return (Quantities.TryDuration(text, out var duration) ? duration : null, "a duration such as 15s, 5min, 12h or 7d");
        if (type == typeof(ByteSize))
            return (Quantities.TrySize(text, out var size) ? size.Bytes : null, "a size such as 512KiB, 64MiB or 2GiB");
        if (type == typeof(int))
            return (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null,
                "a whole number");
        if (type == typeof(double))
            return (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
                && double.IsFinite(real) ? real : null, "a number");
        throw new NotSupportedException($"a setting can't be a {type}");
    }
}
