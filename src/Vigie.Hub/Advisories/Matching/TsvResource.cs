namespace Vigie.Hub.Advisories.Matching;

/// <summary>A table that is shipped inside the program.</summary>
static class TsvResource
{
    public static IEnumerable<string[]> Rows(string name, int columns)
    {
        using var stream = typeof(TsvResource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program lacks its {name}");
        using var reader = new StreamReader(stream);
        return [.. Rows(reader.ReadToEnd().Split('\n'), columns, name)];
    }

    /// <exception cref="FormatException">A line has too few columns; the message names it.</exception>
    public static IEnumerable<string[]> Rows(IEnumerable<string> lines, int columns, string name)
    {
        int number = 0;
        foreach (string line in lines.Select(l => l.TrimEnd('\r')))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            string[] fields = line.Split('\t');
            if (fields.Length < 2)
                throw new FormatException($"{name}, line {number}: one column is there; write at least two, parted by a tab");
            yield return [.. fields.Concat(Enumerable.Repeat("", columns)).Take(columns).Select(f => f.Trim())];
        }
    }
}
