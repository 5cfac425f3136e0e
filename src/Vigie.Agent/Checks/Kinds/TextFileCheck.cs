using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>
/// Files of metrics that other programs write for node_exporter's textfile collector, <c>*.prom</c>. Each file is a check of its own,
/// so that one that is broken, or has not been written for long, is seen and not passed over.
/// </summary>
sealed class TextFileCheck(CheckPlan plan, IReadOnlyList<string> folders, TimeSpan staleAfter, TimeProvider time) : ICheck
{
    /// <summary>The name under which the usual folders can be switched off.</summary>
    public const string Name = "textfile";

    public const string Pattern = "*.prom";

    const int MostBytes = 1024 * 1024, MostFiles = 200;

    public static readonly TimeSpan UsualStaleness = TimeSpan.FromHours(1);

    static readonly Dictionary<string, string> Help = new(StringComparer.Ordinal)
    {
        ["node_textfile_mtime_seconds"] = "When the file was written last, in Unix seconds.",
        ["node_textfile_scrape_error"] = "1 when a file of metrics could not be read, else 0.",
    };

    [ModuleInitializer]
    internal static void Register() => CheckKinds.Add(Name, "textfile /var/lib/metrics stale 2h", static (plan, arguments, context) =>
    {
        string folder = arguments.Word("the folder of the files");
        return new TextFileCheck(plan, [folder], arguments.Time("stale") ?? UsualStaleness, context.Time);
    });

    public CheckPlan Plan => plan;

    public async ValueTask<CheckOutcome> RunAsync(CancellationToken ct)
    {
        var results = new List<CheckResult>();
        var printed = new List<PrintedMetrics>();
        var own = new List<PrintedSample>();
        var series = new HashSet<string>(StringComparer.Ordinal);
        string[] files = [.. folders.Where(Directory.Exists).SelectMany(f => Directory.GetFiles(f, Pattern)).Order(StringComparer.Ordinal)];
        foreach (var file in files.Take(MostFiles))
        {
            var written = File.GetLastWriteTimeUtc(file);
            var age = time.GetUtcNow().UtcDateTime - written;
            var (state, text) = (CheckState.Ok, "");
            try
            {
                var metrics = PrometheusText.Parse(await ReadAsync(file, ct), Path.GetFileNameWithoutExtension(file));
                RefuseRepeated(metrics, series);
                printed.Add(metrics);
                text = $"{metrics.Samples.Count} series";
                if (age > staleAfter)
                    (state, text) = (CheckState.Warning, $"{text}, but not written since {written:yyyy-MM-dd HH:mm}Z");
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                (state, text) = (CheckState.Warning, e.Message);
            }
            own.Add(new("node_textfile_mtime_seconds", [new("file", file)], (written - DateTime.UnixEpoch).TotalSeconds));
            results.Add(new($"{plan.Name}/{Path.GetFileName(file)}", state, CheckText.Line(text), $"{file}", [Age(age)]));
        }
        if (files.Length > MostFiles)
            results.Add(CheckResult.Unknown(plan.Name, $"there are {files.Length} files; only the first {MostFiles} are read"));
        if (results.Count > 0)
            own.Add(new("node_textfile_scrape_error", [], printed.Count < results.Count ? 1 : 0));
        return new(results, [new(own, Help, new HashSet<string>()), .. printed]);
    }

    CheckValue Age(TimeSpan age) => new("age", Math.Round(age.TotalSeconds), CheckUnit.Seconds,
        Warning: new(null, staleAfter.TotalSeconds));

    static void RefuseRepeated(PrintedMetrics metrics, HashSet<string> series)
    {
        foreach (var key in metrics.Samples.Select(s => SeriesKey(s)))
            if (!series.Add(key))
                throw new FormatException($"another file holds {key.Split('\n')[0]} with the same labels already; nothing of this file was stored");
    }

    static string SeriesKey(PrintedSample sample) => sample.Name
        + string.Concat(sample.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"\n{l.Key}={l.Value}"));

    static async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        if (new FileInfo(file).Length > MostBytes)
            throw new IOException($"it is larger than {MostBytes / 1024} KiB; nothing of it was stored");
        return await File.ReadAllBytesAsync(file, ct);
    }
}
