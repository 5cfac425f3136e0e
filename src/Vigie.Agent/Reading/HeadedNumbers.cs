using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>
/// Wanted numbers of a file in which lines come in pairs, as in /proc/net/snmp: a group's name and those of its columns, then the group's
/// name again and the values. Where a column stands differs between kernels, and is looked up only when a heading is another than before.
/// </summary>
/// <param name="source">The file's name, for messages.</param>
/// <param name="wanted">Group and column: <c>Tcp</c>, <c>RetransSegs</c>.</param>
sealed class HeadedNumbers(string source, params (string Group, string Column)[] wanted)
{
    readonly ulong?[] _values = new ulong?[wanted.Length];
    readonly Group[] _groups =
    [
        .. wanted.Select(w => w.Group).Distinct(StringComparer.Ordinal)
            .Select(name => new Group(Encoding.ASCII.GetBytes(name + ":"), [.. wanted.Select(w => w.Group == name ? Encoding.ASCII.GetBytes(w.Column) : [])])),
    ];

    /// <param name="Columns">By the place of what is wanted; empty for what is of another group.</param>
    sealed record Group(byte[] Name, byte[][] Columns)
    {
        public byte[] Heading = [];

        /// <summary>By the place in the line, up to the last that is wanted.</summary>
        public readonly List<int> WantedAt = [];
    }

    /// <summary>What was wanted at that place; null when this kernel doesn't tell it.</summary>
    public ulong? this[int place] => _values[place];

    /// <exception cref="FormatException">A heading has no values behind it, or what should be a number is none.</exception>
    public void Read(ReadOnlySpan<byte> text)
    {
        Array.Clear(_values);
        while (text.TakeLine(out var heading))
        {
            if (!heading.TakeField(out var name) || Find(name) is not { } group)
                continue; // the values of a group that nobody wants are no heading of a group that is
            if (!text.TakeLine(out var values) || !values.TakeField(out var again) || !again.SequenceEqual(name))
                throw new FormatException($"{source}: the values of {TextScan.Quote(name)} were expected behind their heading");
            if (!heading.SequenceEqual(group.Heading))
                Learn(group, heading);
            foreach (int place in group.WantedAt)
            {
                if (place < 0)
                    values.SkipFields(1);
                else
                    _values[place] = values.TakeNumber(source);
            }
        }
    }

    Group? Find(ReadOnlySpan<byte> name)
    {
        foreach (var group in _groups)
            if (name.SequenceEqual(group.Name))
                return group;
        return null;
    }

    static void Learn(Group group, ReadOnlySpan<byte> heading)
    {
        group.Heading = heading.ToArray();
        group.WantedAt.Clear();
        while (heading.TakeField(out var column))
            group.WantedAt.Add(Place(group, column));
        while (group.WantedAt.Count > 0 && group.WantedAt[^1] < 0)
            group.WantedAt.RemoveAt(group.WantedAt.Count - 1);
    }

    static int Place(Group group, ReadOnlySpan<byte> column)
    {
        for (int i = 0; i < group.Columns.Length; i++)
            if (column.SequenceEqual(group.Columns[i]))
                return i;
        return -1;
    }
}
