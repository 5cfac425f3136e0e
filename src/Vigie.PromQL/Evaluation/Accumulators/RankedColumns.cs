using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>The k first of each group at each step: a heap a step, whose root is the first to go. NaN is taken last.</summary>
/// <param name="parameter">k at each step.</param>
sealed class RankedColumns(int steps, double[] parameter, bool descending) : Accumulator(steps)
{
    readonly List<Group> _groups = [];
    readonly int[] _wanted = [.. parameter.Select(k => double.IsNaN(k) ? 0 : (int)Math.Clamp(k, 0, int.MaxValue))];

    /// <param name="Room">Places of each step's heap.</param>
    sealed class Group(int steps)
    {
        public List<(Labels Labels, bool DropName)> Members { get; } = [];

        public int[] Counts { get; } = new int[steps];

        public Entry[] Entries { get; private set; } = [];

        public int Room { get; private set; }

        public Span<Entry> this[int step] => Entries.AsSpan(step * Room, Room);

        public void Widen()
        {
            int room = Math.Max(4, Room * 2);
            var wider = new Entry[Counts.Length * room];
            for (int step = 0; step < Counts.Length; step++)
                this[step].CopyTo(wider.AsSpan(step * room));
            (Entries, Room) = (wider, room);
        }
    }

    readonly record struct Entry(double Value, int Member);

    public override void Open() => _groups.Add(new(Steps));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column)
    {
        var to = _groups[group];
        int member = to.Members.Count;
        to.Members.Add((labels, dropName));
        for (int step = 0; step < column.Length; step++)
            if (!Gap.Is(column[step]))
                Add(to, step, new(column[step], member));
    }

    public override void Merge(int group, Accumulator other, int theirs)
    {
        var (to, from) = (_groups[group], ((RankedColumns)other)._groups[theirs]);
        int first = to.Members.Count;
        to.Members.AddRange(from.Members);
        for (int step = 0; step < Steps; step++)
            foreach (var entry in from[step][..from.Counts[step]])
                Add(to, step, entry with { Member = entry.Member + first });
    }

    void Add(Group group, int step, Entry entry)
    {
        int count = group.Counts[step];
        if (count < _wanted[step])
        {
            if (count == group.Room)
                group.Widen();
            Rise(group[step], count, entry);
            group.Counts[step]++;
        }
        else if (count > 0 && IsBefore(entry, group[step][0]))
            Sink(group[step][..count], entry);
    }

    /// <summary>Where values are equal, the series that came first.</summary>
    bool IsBefore(Entry a, Entry b)
    {
        if (descending ? a.Value > b.Value : a.Value < b.Value)
            return true;
        return a.Value == b.Value || double.IsNaN(a.Value) ? a.Member < b.Member && IsEqual(a, b) : double.IsNaN(b.Value);
    }

    static bool IsEqual(Entry a, Entry b) => a.Value == b.Value || (double.IsNaN(a.Value) && double.IsNaN(b.Value));

    void Rise(Span<Entry> heap, int at, Entry entry)
    {
        for (int parent; at > 0 && IsBefore(heap[parent = (at - 1) / 2], entry); at = parent)
            heap[at] = heap[parent];
        heap[at] = entry;
    }

    void Sink(Span<Entry> heap, Entry entry)
    {
        int at = 0;
        for (int child; (child = (2 * at) + 1) < heap.Length; at = child)
        {
            if (child + 1 < heap.Length && IsBefore(heap[child], heap[child + 1]))
                child++;
            if (!IsBefore(entry, heap[child]))
                break;
            heap[at] = heap[child];
        }
        heap[at] = entry;
    }

    /// <summary>The series in the order in which they came; at a single instant in the order of their ranks.</summary>
    public override void Finish(int group, Labels labels, bool dropName, List<StepSeries> results)
    {
        var from = _groups[group];
        if (Steps == 1)
        {
            var ranked = from[0][..from.Counts[0]];
            ranked.Sort((a, b) => a == b ? 0 : IsBefore(a, b) ? -1 : 1);
            foreach (var (value, member) in ranked)
                results.Add(new(from.Members[member].Labels, [value], from.Members[member].DropName));
            return;
        }
        var columns = new SortedDictionary<int, double[]>();
        for (int step = 0; step < Steps; step++)
            foreach (var (value, member) in from[step][..from.Counts[step]])
            {
                if (!columns.TryGetValue(member, out var column))
                {
                    columns.Add(member, column = new double[Steps]);
                    Array.Fill(column, Gap.Value);
                }
                column[step] = value;
            }
        foreach (var (member, column) in columns)
            results.Add(new(from.Members[member].Labels, column, from.Members[member].DropName));
    }

    public override void Dispose() { }
}
