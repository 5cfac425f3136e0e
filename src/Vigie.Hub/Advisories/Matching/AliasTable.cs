namespace Vigie.Hub.Advisories.Matching;

/// <param name="Names">As titles have them.</param>
/// <param name="Packages">Patterns: <c>#</c> stands for a version, <c>@kernel</c> for every kernel.</param>
/// <param name="Vendors">Makers that stand beside it in lists of products.</param>
/// <param name="Also">Words that may follow.</param>
/// <param name="Not">Words that make it another product.</param>
sealed record Alias(IReadOnlyList<string> Names, IReadOnlyList<string> Packages, IReadOnlyList<string> Vendors, IReadOnlyList<string> Also,
    IReadOnlyList<string> Not)
{
    public IEnumerable<Claim> Claims(int? major, string? distribution) => Packages.Select(p =>
    {
        int at = p.IndexOf('#');
        return at < 0 ? new Claim(p, Distribution: distribution) : new(p[..at], true, p[(at + 1)..], major, distribution);
    });
}

/// <summary>How advisories call what distributions call otherwise: <c>aliases.tsv</c>, and a file of the admin with the same shape.</summary>
sealed class AliasTable
{
    const int Columns = 5;

    readonly Dictionary<string, Alias> _byName = new(StringComparer.OrdinalIgnoreCase);

    public static AliasTable Shipped { get; } = new(TsvResource.Rows("aliases.tsv", Columns));

    AliasTable(IEnumerable<string[]> rows)
    {
        foreach (string[] row in rows)
            Add(row);
    }

    /// <summary>With the lines of the admin's file, which come before the shipped ones.</summary>
    /// <exception cref="FormatException">A line of the file is wrong; the message names it.</exception>
    public static AliasTable With(string? path)
    {
        var table = new AliasTable(TsvResource.Rows("aliases.tsv", Columns));
        if (path is not null && File.Exists(path))
            foreach (string[] row in TsvResource.Rows(File.ReadLines(path), Columns, path))
                table.Add(row);
        return table;
    }

    public int LongestName { get; private set; }

    public Alias? Find(string name) => _byName.GetValueOrDefault(name);

    void Add(string[] row)
    {
        var alias = new Alias(List(row[0], '|'), List(row[1], ' '), List(row[2], '|'), List(row[3], '|'), List(row[4], '|'));
        foreach (string name in alias.Names)
        {
            _byName[name] = alias;
            LongestName = Math.Max(LongestName, name.Split(' ').Length);
        }
    }

    static string[] List(string field, char separator) =>
        field.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
