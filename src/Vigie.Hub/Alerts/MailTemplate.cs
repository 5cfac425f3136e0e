using System.Net;
using System.Reflection;
using DotLiquid;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts;

/// <summary>The template can't be used; the message names the line and what is wrong.</summary>
sealed class TemplateException(string message) : Exception(message);

/// <summary>
/// template.txt: three parts, each behind a line of its own (<c>--- subject</c>, <c>--- text</c>, <c>--- html</c>), in
/// Liquid. Values in the HTML part are encoded before the template sees them, so no host name can break out.
/// </summary>
sealed class MailTemplate
{
    static readonly string[] Parts = ["subject", "text", "html"];

    readonly Dictionary<string, Template> _parts;

    MailTemplate(Dictionary<string, Template> parts) => _parts = parts;

    public static string BuiltInText(string language)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"template.{language}.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// The template of a language: <c>template.LANGUAGE.txt</c> if somebody has written one, else template.txt if somebody has changed it,
    /// else the built-in one.
    /// </summary>
    /// <exception cref="TemplateException">A part is missing or isn't Liquid.</exception>
    public static MailTemplate Of(DataFolder folder, string language)
    {
        string own = Path.ChangeExtension(folder.Template, $".{language}.txt");
        if (File.Exists(own))
            return Parse(File.ReadAllText(own), own);
        if (!File.Exists(folder.Template))
            return BuiltIn(language);
        string text = File.ReadAllText(folder.Template);
        return text == BuiltInText("en") || text == BuiltInText("fr") ? BuiltIn(language) : Parse(text, folder.Template);
    }

    public static MailTemplate BuiltIn(string language) => Parse(BuiltInText(language), "the built-in template");

    /// <param name="name">How errors call the template: its path.</param>
    /// <exception cref="TemplateException">A part is missing or isn't Liquid.</exception>
    public static MailTemplate Parse(string text, string name)
    {
        var parts = new Dictionary<string, Template>(StringComparer.Ordinal);
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        int[] marks = [.. Enumerable.Range(0, lines.Length)
            .Where(i => Parts.Contains(Mark(lines[i]), StringComparer.Ordinal)), lines.Length];
        for (int i = 0; i + 1 < marks.Length; i++)
        {
            string part = Mark(lines[marks[i]])!;
            if (parts.ContainsKey(part))
                throw new TemplateException($"{name}, line {marks[i] + 1}: a second part \"--- {part}\"; remove one of them");
            parts[part] = Compile(lines[(marks[i] + 1)..marks[i + 1]], marks[i] + 2, name);
        }
        return Parts.FirstOrDefault(p => !parts.ContainsKey(p)) is { } missing
            ? throw new TemplateException($"{name}: the part \"--- {missing}\" is missing; a line of its own with these words begins it")
            : new(parts);
    }

    /// <summary>The part filled in.</summary>
    /// <exception cref="TemplateException">It fails with these values.</exception>
    public string Render(string part, IReadOnlyDictionary<string, object?> values)
    {
        var hash = new Hash();
        foreach (var (key, value) in values)
            hash[key] = part == "html" ? Encode(value) : value;
        try
        {
            string text = _parts[part].Render(new RenderParameters(System.Globalization.CultureInfo.InvariantCulture)
            {
                LocalVariables = hash,
                ErrorsOutputMode = ErrorsOutputMode.Rethrow,
                MaxIterations = 10_000,
            });
            return part == "subject" ? string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c)) : text;
        }
        catch (Exception e)
            when (e is DotLiquid.Exceptions.LiquidException or FormatException or ArgumentException or InvalidCastException
                or TimeoutException)
        {
            throw new TemplateException($"the {part} can't be filled in: {e.Message}");
        }
    }

    static string? Mark(string line) => line.StartsWith("--- ", StringComparison.Ordinal) ? line[4..].Trim() : null;

    /// <summary>Liquid's own errors name no line: the first line whose addition brings the error is the one.</summary>
    static Template Compile(string[] lines, int firstLine, string name)
    {
        if (Try(lines, out var template) is not { } error)
            return template!;
        for (int count = 1; count < lines.Length; count++)
            if (Try(lines[..count], out _) is { } early && early == error)
                throw new TemplateException($"{name}, line {firstLine + count - 1}: {error}");
        throw new TemplateException($"{name}, line {firstLine + lines.Length - 1}: {error}");
    }

    static string? Try(string[] lines, out Template? template)
    {
        try
        {
            template = Template.Parse(string.Join('\n', lines));
            return null;
        }
        catch (DotLiquid.Exceptions.LiquidException e)
        {
            template = null;
            return e.Message;
        }
    }

    static object? Encode(object? value) => value switch
    {
        string text => WebUtility.HtmlEncode(text),
        IReadOnlyList<string> list => list.Select(WebUtility.HtmlEncode).ToList(),
        IReadOnlyList<Hash> lines => lines.Select(line => Hash.FromDictionary(line.ToDictionary(v => v.Key, v => Encode(v.Value)!))).ToList(),
        _ => value,
    };
}
