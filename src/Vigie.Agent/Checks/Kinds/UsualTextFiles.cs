namespace Vigie.Agent.Checks.Kinds;

/// <summary>The folders that programs write metrics to by habit. Reading them runs nothing, so they are read wherever they exist.</summary>
sealed class UsualTextFiles(CheckContext context) : ICheckSource
{
    static readonly string[] Folders =
        ["/var/lib/node_exporter/textfile_collector", "/var/lib/node_exporter/textfile", "/var/lib/prometheus/node-exporter", "/var/lib/node_exporter"];

    readonly string[] _folders = [.. Folders.Select(context.Root.Map)];
    readonly ICheck[] _check = [new TextFileCheck(new(TextFileCheck.Name, TextFileCheck.Name, TimeSpan.FromSeconds(5), CheckPlan.UsualTimeout),
        [.. Folders.Select(context.Root.Map)], TextFileCheck.UsualStaleness, context.Time)];

    public IReadOnlyList<ICheck> Current
    {
        get
        {
            foreach (string folder in _folders)
                if (Directory.Exists(folder))
                    return _check;
            return [];
        }
    }
}
