namespace Vigie.Agent.Checks;

/// <summary>
/// The checks of one host: those of its file, which is read again when it has changed, and the files of metrics in the usual folders.
/// What is wrong with the file is a check of its own, so that it is seen where people look.
/// </summary>
sealed class CheckSet(string? path, IReadOnlyList<ICheckSource> always, CheckContext context)
{
    static readonly CheckPlan FilePlan = new("checks.conf", "file", TimeSpan.FromSeconds(5), CheckPlan.UsualTimeout);

    readonly FileErrors _errors = new();
    Dictionary<string, ICheckSource> _sources = new(StringComparer.Ordinal);
    readonly List<ICheck> _found = [];
    IReadOnlyList<ICheck> _current = [];
    DateTime _seen = NoFile;

    /// <summary>What the system calls it when a file that is not there was written.</summary>
    static readonly DateTime NoFile = DateTime.FromFileTimeUtc(0);

    /// <summary>The same object as long as they are the same checks.</summary>
    public IReadOnlyList<ICheck> Current()
    {
        if (path is not null)
            Look(path);
        _found.Clear();
        for (int i = 0; i < always.Count; i++)
            _found.AddRange(always[i].Current);
        if (_errors.Text.Count > 0)
            _found.Add(_errors);
        foreach (var (_, source) in _sources)
            _found.AddRange(source.Current);
        if (!Are(_found, _current))
            _current = [.. _found];
        return _current;
    }

    void Look(string file)
    {
        var seen = File.GetLastWriteTimeUtc(file);
        if (seen == _seen)
            return;
        _seen = seen;
        var errors = new List<string>();
        try
        {
            if (seen != NoFile)
                ScriptFile.RefuseIfOthersCouldChange(Path.GetFullPath(file));
            _sources = CheckFile.Parse(seen != NoFile ? File.ReadAllText(file) : "", file, context, _sources, errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            _sources = new(StringComparer.Ordinal);
            errors.Add(e.Message);
        }
        foreach (var error in errors)
            context.Log(AgentLogLevel.Error, error);
        _errors.Text = errors;
    }

    static bool Are(List<ICheck> found, IReadOnlyList<ICheck> current)
    {
        for (int i = 0; i < found.Count && found.Count == current.Count; i++)
            if (found[i] != current[i])
                return false;
        return found.Count == current.Count;
    }

    sealed class FileErrors : ICheck
    {
        public IReadOnlyList<string> Text { get; set; } = [];

        public CheckPlan Plan => FilePlan;

        public ValueTask<CheckOutcome> RunAsync(CancellationToken ct) => new(CheckOutcome.Of(Text.Count == 0 ? []
            : [new(Plan.Name, CheckState.Unknown, CheckText.Line(Text[0]), CheckText.Details(string.Join('\n', Text.Skip(1))))]));
    }
}
