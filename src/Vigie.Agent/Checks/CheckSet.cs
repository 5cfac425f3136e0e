namespace Vigie.Agent.Checks;

/// <summary>
/// The checks of one host: those of its file, which is read again when it has changed, and the files of metrics in the usual folders.
/// What is wrong with the file is a check of its own, so that it is seen where people look.
/// </summary>
sealed class CheckSet(string? path, IReadOnlyList<ICheck> always, CheckContext context)
{
    static readonly CheckPlan FilePlan = new("checks.conf", "file", TimeSpan.FromSeconds(5), CheckPlan.UsualTimeout);

    readonly FileErrors _errors = new();
    Dictionary<string, ICheckSource> _sources = new(StringComparer.Ordinal);
    (DateTime Written, long Length) _seen;

    public IEnumerable<ICheck> Current()
    {
        if (path is not null)
            Look(path);
        return [.. always, .. _errors.Text.Count > 0 ? [_errors] : Array.Empty<ICheck>(), .. _sources.Values.SelectMany(s => s.Current)];
    }

    void Look(string file)
    {
        var info = new FileInfo(file);
        var seen = info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
        if (seen == _seen)
            return;
        _seen = seen;
        var errors = new List<string>();
        try
        {
            if (info.Exists)
                ScriptFile.RefuseIfOthersCouldChange(Path.GetFullPath(file));
            _sources = CheckFile.Parse(info.Exists ? File.ReadAllText(file) : "", file, context, _sources, errors);
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

    sealed class FileErrors : ICheck
    {
        public IReadOnlyList<string> Text { get; set; } = [];

        public CheckPlan Plan => FilePlan;

        public ValueTask<CheckOutcome> RunAsync(CancellationToken ct) => new(CheckOutcome.Of(Text.Count == 0 ? []
            : [new(Plan.Name, CheckState.Unknown, CheckText.Line(Text[0]), CheckText.Details(string.Join('\n', Text.Skip(1))))]));
    }
}
