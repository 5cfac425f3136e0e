using Vigie.Agent.Probes;

namespace Vigie.Agent.Checks;

/// <summary>
/// An executable of the user's own as a probe. Its names and labels are stored as printed; one bare number is stored as
/// <c>vigie_custom_</c> and the file's name without its extension.
/// </summary>
sealed class ScriptProbe(string path) : IProbe
{
    readonly string _bareName = "vigie_custom_"
        + string.Concat(Path.GetFileNameWithoutExtension(path).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
    readonly PrintedNames _metrics = new();

    public ProbeInfo Info { get; } = new($"{ScriptFolder.Name}/{Path.GetFileName(path)}", []);

    public async ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        ScriptFile.RefuseIfOthersCouldChange(path);
        var printed = PrometheusText.Parse(await ScriptProcess.RunAsync(path, ct), _bareName);
        if (printed.Samples.Count == 0)
            sink.NoData("it printed no value");
        foreach (var sample in printed.Samples)
            sink.Add(_metrics.Of(sample.Name, printed), sample.Value, sample.Labels);
    }
}
