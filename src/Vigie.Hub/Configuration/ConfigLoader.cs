using System.Text.Json;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Vigie.Hub.Configuration;

/// <summary>The settings can't be used: every problem at once, each with its place and its remedy.</summary>
sealed class ConfigException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>Reads config.json, then the environment (<c>VIGIE_Section__Key</c>), then the command line; the last wins.</summary>
static class ConfigLoader
{
    public static HubOptions Load(string configPath, IReadOnlyDictionary<string, string?>? commandLine = null)
    {
        var lines = Lines(configPath);
        var builder = new ConfigurationBuilder();
        if (File.Exists(configPath))
            builder.AddJsonFile(Path.GetFullPath(configPath), optional: false, reloadOnChange: false);
        builder.Add(new EnvironmentVariablesConfigurationSource { Prefix = "VIGIE_" });
        builder.AddInMemoryCollection(commandLine ?? new Dictionary<string, string?>(StringComparer.Ordinal));
        var configuration = builder.Build();
        var errors = new List<string>();
        var file = configuration.Providers.FirstOrDefault(p => p is Microsoft.Extensions.Configuration.Json.JsonConfigurationProvider);
        RefuseUnknown(lines, errors, configPath);
        var options = (HubOptions)Bind(typeof(HubOptions), configuration, "", errors, key =>
            file is not null && file.TryGet(key, out _) && lines.TryGetValue(key, out int line) ? $"{configPath}, line {line}: {key}" : $"{key} (environment or command line)");
        errors.AddRange(OptionChecks.Errors(options));
        return errors.Count == 0 ? options : throw new ConfigException(errors);
    }

    static Dictionary<string, int> Lines(string path)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            return ConfigFile.Lines(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new ConfigException([$"{path}, line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: this is not JSON: {FirstSentence(e.Message)}. Mend that place; comments with // are allowed."]);
        }
    }

    static string FirstSentence(string text) => text.Split(". ")[0].TrimEnd('.');

    static void RefuseUnknown(Dictionary<string, int> lines, List<string> errors, string path)
    {
        var known = Setting.All(typeof(HubOptions)).ToDictionary(s => s.Key, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, line) in lines)
        {
            if (known.ContainsKey(key) || key is "$schema")
                continue;
            string near = known.Keys.MinBy(k => Distance(k, key))!;
            errors.Add($"{path}, line {line}: {key} is no setting; {(Distance(near, key) <= 3 ? $"did you mean {near}?" : "`vigie config schema` lists them")}");
        }
    }

    static object Bind(Type record, IConfiguration configuration, string prefix, List<string> errors, Func<string, string> where)
    {
        object options = Activator.CreateInstance(record)!;
        foreach (var setting in Setting.All(record, prefix).Where(s => s.Property.DeclaringType == record))
        {
            if (setting.IsSection)
                setting.Property.SetValue(options, Bind(setting.Property.PropertyType, configuration, setting.Key + ':', errors, where));
            else if (setting.IsList)
            {
                if (configuration[setting.Key] is { Length: > 0 } joined)
                    setting.Property.SetValue(options, joined.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
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
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1)));
        }
        return row[^1];
    }
}
