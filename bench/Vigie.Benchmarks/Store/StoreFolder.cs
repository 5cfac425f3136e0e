using Vigie.Hub;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>A copy of a data folder's database, so that measuring changes nothing, with the schema of the whole hub.</summary>
sealed class StoreFolder : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("vigie-bench.").FullName;

    StoreFolder() { }

    public string Path => System.IO.Path.Combine(_folder, "monitoring.db");

    public static StoreFolder CopyOf(string data)
    {
        var copy = new StoreFolder();
        foreach (string file in Directory.GetFiles(data, "monitoring.db*"))
            if (!file.EndsWith("-shm", StringComparison.Ordinal)) // made anew from the log
                File.Copy(file, System.IO.Path.Combine(copy._folder, System.IO.Path.GetFileName(file)));
        return copy;
    }

    /// <summary>An empty one.</summary>
    public static StoreFolder New() => new();

    public Database Open() => Database.Open(Path, TimeProvider.System, typeof(HubServices).Assembly);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
