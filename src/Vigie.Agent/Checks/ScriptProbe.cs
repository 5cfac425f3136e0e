using Vigie.Agent.Probes;
using Vigie.Core.Metrics;

namespace Vigie.Agent.Checks;

/// <summary>
/// An executable of the user's own as a probe. Its names and labels are stored as printed; one bare number is stored as
/// <c>vigie_custom_</c> and the file's name without its extension.
/// </summary>
sealed class ScriptProbe(string path) : IProbe
{
    readonly string _bareName = "vigie_custom_"
        + string.Concat(Path.GetFileNameWithoutExtension(path).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
    readonly Dictionary<string, MetricInfo> _metrics = new(StringComparer.Ordinal);

    public ProbeInfo Info { get; } = new($"{ScriptFolder.Name}/{Path.GetFileName(path)}", []);

    public async ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        RefuseIfOthersCouldChangeIt();
        var printed = PrometheusText.Parse(await ScriptProcess.RunAsync(path, ct), _bareName);
        if (printed.Samples.Count == 0)
            sink.NoData("it printed no value");
        foreach (var sample in printed.Samples)
            sink.Add(Metric(sample.Name, printed), sample.Value, sample.Labels);
    }

    // A name that ends in _total is stored as it is only for a counter or a gauge; any other counter would get a second ending.
    MetricInfo Metric(string name, PrintedMetrics printed)
    {
        var metric = new MetricInfo(name, "", printed.Counters.Contains(name) && name.EndsWith("_total", StringComparison.Ordinal)
            ? MetricKind.Counter : MetricKind.Gauge, printed.Help.GetValueOrDefault(name, ""));
        if (_metrics.TryGetValue(name, out var known) && known == metric)
            return known;
        if (_metrics.Count > 10_000) // a script that prints ever new names
            _metrics.Clear();
        return _metrics[name] = metric;
    }

    void RefuseIfOthersCouldChangeIt()
    {
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherWrite))
            throw new InvalidOperationException($"everyone may change {file}, so it is not run; take that right away with: chmod o-w '{file}'");
        foreach (var folder in new[] { Path.GetDirectoryName(path)!, Path.GetDirectoryName(file)! })
            if (File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherWrite))
                throw new InvalidOperationException($"everyone may put files into {folder}, so none is run; take that right away with: chmod o-w '{folder}'");
    }
}
