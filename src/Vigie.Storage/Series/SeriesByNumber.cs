namespace Vigie.Storage;

/// <summary>
/// Series by their numbers, which count up and are never used twice: pages of places instead of a table of hashes, which would
/// take four times the memory and be copied whenever it grows.
/// </summary>
sealed class SeriesByNumber
{
    const int Shift = 10, PageSize = 1 << Shift;

    readonly List<Page?> _pages = [];

    public int Count { get; private set; }

    public IEnumerable<SeriesEntry> All =>
        _pages.Where(p => p is not null).SelectMany(p => p!.Entries).Where(e => e is not null).Select(e => e!);

    public SeriesEntry? Find(long id)
    {
        long page = id >> Shift;
        return id >= 0 && page < _pages.Count ? _pages[(int)page]?.Entries[id & (PageSize - 1)] : null;
    }

    /// <exception cref="ArgumentException">There is one of that number.</exception>
    public void Add(SeriesEntry entry)
    {
        int number = checked((int)(entry.Id >> Shift));
        while (_pages.Count <= number)
            _pages.Add(null);
        var page = _pages[number] ??= new();
        ref var place = ref page.Entries[entry.Id & (PageSize - 1)];
        if (place is not null)
            throw new ArgumentException($"there are two series with the number {entry.Id}", nameof(entry));
        place = entry;
        page.Count++;
        Count++;
    }

    public bool Remove(long id)
    {
        if (Find(id) is null)
            return false;
        int number = (int)(id >> Shift);
        _pages[number]!.Entries[id & (PageSize - 1)] = null;
        Count--;
        if (--_pages[number]!.Count == 0)
            _pages[number] = null;
        return true;
    }

    sealed class Page
    {
        public readonly SeriesEntry?[] Entries = new SeriesEntry?[PageSize];
        public int Count;
    }
}
