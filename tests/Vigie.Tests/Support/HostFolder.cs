using Vigie.Agent.Reading;

namespace Vigie.Tests.Support;

/// <summary>A host as a folder: the files of its /proc, /etc, … that a test gives it.</summary>
sealed class HostFolder : IDisposable
{
    readonly TempFolder _folder = new();

    public HostRoot Root => new(_folder.Path);

    public string Path => _folder.Path;

    /// <summary>A file with this content; lines end as written.</summary>
    public HostFolder With(string absolute, string content)
    {
        string path = Root.Map(absolute);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    public void Dispose() => _folder.Dispose();
}
