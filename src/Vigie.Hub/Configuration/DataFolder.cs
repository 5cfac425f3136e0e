namespace Vigie.Hub.Configuration;

/// <summary>The data folder: where each file of an installation stands.</summary>
sealed class DataFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Config => In("config.json");

    public string Database => In("monitoring.db");

    public string Backup => In("monitoring_backup.db");

    public string Template => In("template.txt");

    public string Probes => In("probes.d");

    public string Checks => In("checks.conf");

    public string Keys => In("keys");

    public bool IsInitialised => File.Exists(Database) && File.Exists(Config);

    /// <summary>
    /// Held while a hub runs, so that a restore can't pull the database from under it. Null when somebody else holds it.
    /// </summary>
    public IDisposable? TryLock()
    {
        try
        {
            return new FileStream(In("hub.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    string In(string name) => System.IO.Path.Combine(Path, name);
}
