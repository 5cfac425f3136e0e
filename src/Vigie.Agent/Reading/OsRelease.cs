namespace Vigie.Agent.Reading;

/// <summary>What the distribution says it is: /etc/os-release (os-release(5)).</summary>
static class OsRelease
{
    // /usr/lib is where the file really lies on some.
    public static readonly string[] Paths = ["/etc/os-release", "/usr/lib/os-release"];

    /// <summary>The fields by their names in capital letters; empty when there is no such file.</summary>
    public static Dictionary<string, string> Read(HostRoot root)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        string text = Paths.Select(root.ReadText).FirstOrDefault(t => t.Length > 0) ?? "";
        // KEY=value, KEY="value", KEY='value'
        foreach (var line in text.Split('\n'))
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && line[0] != '#')
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim().Trim('"', '\'').Replace("\\", "", StringComparison.Ordinal);
        return values;
    }
}
