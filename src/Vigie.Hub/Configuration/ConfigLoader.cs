using System.Collections;
using System.Text.Json;

namespace Vigie.Hub.Configuration;

/// <summary>The settings can't be used: every problem at once, each with its place and its remedy.</summary>
sealed class ConfigException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>Reads config.json, then the environment (<c>VIGIE_Section__Key</c>), then the command line; the last wins.</summary>
static class ConfigLoader
{
    /// <summary>What a channel may be called: it stands in variables of the environment and in addresses.</summary>
    public const string ChannelName = "^[A-Za-z0-9]([A-Za-z0-9_-]{0,38}[A-Za-z0-9])?$";

    const string Prefix = "VIGIE_";

    /// <param name="environment">The environment's variables; null for this process's own.</param>
    public static HubOptions Load(string configPath, IReadOnlyDictionary<string, string?>? commandLine = null,
        IDictionary? environment = null)
    {
        var errors = new List<string>();
        var keys = ReadFile(configPath, errors);
        if (errors.Count > 0)
            throw new ConfigException(errors); // with a key twice nobody knows which value was meant
        var variables = Variables(environment ?? Environment.GetEnvironmentVariables());
        var builder = new ConfigurationBuilder();
        if (keys.Count > 0)
            builder.AddJsonFile(Path.GetFullPath(configPath), optional: false, reloadOnChange: false);
        builder.AddInMemoryCollection(variables.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value.Value)));
        builder.AddInMemoryCollection(commandLine);
        var configuration = builder.Build();
        var channels = new ChannelBinding(configuration, keys.Keys);
        List<Setting> known = [.. Setting.All(typeof(HubOptions)), .. channels.Settings];
        foreach (var (key, (line, _)) in keys.Where(k => !channels.Holds(k.Key)))
            RefuseUnknown(key, $"{configPath}, line {line}: {key}", known, errors);
        foreach (var (key, (name, _)) in variables.Where(v => v.Key.Contains(':', StringComparison.Ordinal) && !channels.Holds(v.Key)))
            RefuseUnknown(key, name, known, errors);
        var options = (HubOptions)Bind(typeof(HubOptions), configuration, "", channels, errors, key =>
            commandLine?.ContainsKey(key) == true ? $"{key} (command line)"
            : variables.TryGetValue(key, out var variable) ? variable.Name
            : keys.TryGetValue(key, out var place) ? $"{configPath}, line {place.Line}: {key}"
            : key);
        RefuseWrongKinds(known, keys, configPath, errors);
        errors.AddRange(OptionChecks.Errors(options));
        return errors.Count == 0 ? options : throw new ConfigException(errors);
    }

    /// <summary>Values of <c>VIGIE_Section__Key</c> by <c>Section:Key</c>, with the variable's own name.</summary>
    static Dictionary<string, (string Name, string Value)> Variables(IDictionary environment)
    {
        var variables = new Dictionary<string, (string, string)>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in environment)
            if (variable is { Key: string name, Value: string value } && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                variables[name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = (name, value);
        return variables;
    }

    static IReadOnlyDictionary<string, ConfigFile.Place> ReadFile(string path, List<string> errors)
    {
        if (!File.Exists(path))
            return new Dictionary<string, ConfigFile.Place>(StringComparer.Ordinal);
        try
        {
            return ConfigFile.Places(File.ReadAllBytes(path), (key, first, second) =>
                errors.Add($"{path}, line {second}: {key} stands in line {first} already; remove one of them"));
        }
        catch (JsonException e)
        {
            throw new ConfigException([$"{path}, line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: this is not JSON: "
                + $"{FirstSentence(e.Message)}. Mend that place; comments with // are allowed."]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException([$"{path} can't be read: {e.Message}"]);
        }
    }

    /// <summary>The kinds that the settings' own texts don't show: a section that is a value, a value that is a list.</summary>
    static void RefuseWrongKinds(IEnumerable<Setting> known, IReadOnlyDictionary<string, ConfigFile.Place> keys, string path,
        List<string> errors)
    {
        foreach (var setting in known)
        {
            if (!keys.TryGetValue(setting.Key, out var place) || place.Kind == JsonTokenType.Null)
                continue;
            var (isRight, expected) = setting.IsSection || setting.IsChannels ? (place.Kind == JsonTokenType.StartObject, "a section: { … }")
                : setting.IsList ? (place.Kind is JsonTokenType.StartArray or JsonTokenType.String, "a list: [\"…\", \"…\"]")
                : (place.Kind is not (JsonTokenType.StartObject or JsonTokenType.StartArray), "a single value");
            if (!isRight)
                errors.Add($"{path}, line {place.Line}: {setting.Key} must be {expected}");
        }
        foreach (var (key, place) in keys.Where(k => k.Value.Kind != JsonTokenType.StartObject
            && k.Key.Split(':') is [ChannelBinding.Section, _]))
            errors.Add($"{path}, line {place.Line}: {key} must be a section: {{ \"Kind\": \"…\", … }}");
    }

    /// <summary>The reader quotes a word that stands without quotation marks, and that could be a password.</summary>
    static string FirstSentence(string text) => text.Contains("invalid JSON literal", StringComparison.Ordinal)
        ? "a word stands here without quotation marks" : text.Split(". ")[0].TrimEnd('.');

    static void RefuseUnknown(string key, string where, IEnumerable<Setting> settings, List<string> errors)
    {
        var known = settings.ToDictionary(s => s.Key, StringComparer.OrdinalIgnoreCase);
        int last = key.LastIndexOf(':');
        bool isListItem = last > 0 && known.TryGetValue(key[..last], out var list) && list.IsList && int.TryParse(key[(last + 1)..], out _);
        if (known.ContainsKey(key) || isListItem || key is "$schema")
            return;
        string near = known.Keys.MinBy(k => Distance(k, key))!;
        string named = where.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? Prefix + near.Replace(":", "__", StringComparison.Ordinal)
            : near;
        errors.Add($"{where} is no setting; {(Distance(near, key) <= 3 ? $"did you mean {named}?" : "`vigie config schema` lists them")}");
    }

    static object Bind(Type record, IConfiguration configuration, string prefix, ChannelBinding channels, List<string> errors,
        Func<string, string> where)
    {
        object options = Activator.CreateInstance(record)!;
        foreach (var setting in Setting.Of(record, prefix))
        {
            if (setting.IsSection)
                setting.Property.SetValue(options, BindPart(setting.Property.PropertyType, setting.Key + ':'));
            else if (setting.IsChannels)
                setting.Property.SetValue(options, channels.Bind(configuration, BindPart, errors, where));
            else if (setting.IsList)
            {
                if (configuration[setting.Key] is { Length: > 0 } joined)
                    setting.Property.SetValue(options,
                        joined.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
                else if (configuration.GetSection(setting.Key).GetChildren().Select(c => c.Value ?? "").ToArray() is { Length: > 0 } items)
                    setting.Property.SetValue(options, items);
            }
            else if (configuration[setting.Key] is { } text)
            {
                var (value, error) = setting.Parse(text);
                if (error is null)
                    setting.Property.SetValue(options, value);
                else
                    errors.Add($"{where(setting.Key)} {(setting.IsSecret ? "can't be read" : error)}");
            }
        }
        return options;

        object BindPart(Type part, string prefix) => Bind(part, configuration, prefix, channels, errors, where);
    }

    /// <summary>Edit distance, for "did you mean".</summary>
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j],
                    Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal
                        + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1)));
        }
        return row[^1];
    }
}
