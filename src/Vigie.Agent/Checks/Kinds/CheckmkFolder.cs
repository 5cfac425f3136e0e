using System.Globalization;
using System.Runtime.CompilerServices;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>
/// A folder of Checkmk's local checks: every executable of it, and of folders in it whose name is a number, which run once in so many
/// seconds. <c>checkmk /usr/lib/check_mk_agent/local</c>.
/// </summary>
sealed class CheckmkFolder(CheckPlan plan, string folder) : ICheckSource
{
    readonly SortedDictionary<string, CheckmkCheck> _checks = new(StringComparer.Ordinal);
    readonly MissingFolder _missing = new(plan, folder);

    [ModuleInitializer]
    internal static void Register() => CheckKinds.AddSource("checkmk", "checkmk /usr/lib/check_mk_agent/local",
        static (plan, arguments, _) =>
        {
            string folder = arguments.Word("the folder of the local checks");
            if (folder.Length > 0 && folder[0] != '/')
                arguments.Wrong($"\"{folder}\" is no whole path; begin it with a slash");
            return new CheckmkFolder(plan, folder);
        });

    public IReadOnlyList<ICheck> Current
    {
        get
        {
            if (!Directory.Exists(folder))
                return [_missing];
            var files = Files().ToDictionary(f => f.Path, f => f.Every, StringComparer.Ordinal);
            foreach (var gone in _checks.Keys.Where(path => !files.ContainsKey(path)).ToArray())
                _checks.Remove(gone);
            foreach (var (path, every) in files)
                if (!_checks.ContainsKey(path))
                    _checks.Add(path, new(plan with { Name = $"{plan.Name}/{Path.GetRelativePath(folder, path)}", Every = every }, path));
            return [.. _checks.Values];
        }
    }

    IEnumerable<(string Path, TimeSpan Every)> Files()
    {
        foreach (var path in In(folder))
            yield return (path, plan.Every);
        foreach (var cached in Directory.GetDirectories(folder))
            if (int.TryParse(Path.GetFileName(cached), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds > 0)
                foreach (var path in In(cached))
                    yield return (path, TimeSpan.FromSeconds(seconds));
    }

    static IEnumerable<string> In(string folder)
    {
        try
        {
            return Directory.GetFiles(folder).Where(ScriptFile.IsExecutable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // gone since the folder above it was read
        }
    }

    sealed class MissingFolder(CheckPlan plan, string folder) : ICheck
    {
        public CheckPlan Plan => plan;

        public ValueTask<CheckOutcome> RunAsync(CancellationToken ct) =>
            new(CheckOutcome.Of(CheckResult.Unknown(plan.Name, $"there is no folder {folder}; make it, or take the line out")));
    }

    sealed class CheckmkCheck(CheckPlan plan, string path) : ICheck
    {
        const int MostOutput = 512 * 1024;

        public CheckPlan Plan => plan;

        public async ValueTask<CheckOutcome> RunAsync(CancellationToken ct)
        {
            ScriptFile.RefuseIfOthersCouldChange(path);
            var ended = await ScriptProcess.RunAsync(path, [], MostOutput, ct);
            var results = CheckmkOutput.Parse(plan.Name, CheckText.Decode(ended.Output));
            return ended.ExitCode == 0 || results.Count > 0
                ? CheckOutcome.Of(results)
                : throw new InvalidOperationException($"it ended with exit code {ended.ExitCode} and printed no service: "
                    + CheckText.Line(CheckText.Decode(ended.ErrorText)));
        }
    }
}
