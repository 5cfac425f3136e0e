namespace Vigie.Agent.Checks.Kinds;

/// <summary>The folders that programs write metrics to by habit. Reading them runs nothing, so they are read wherever there are such files.</summary>
sealed class UsualTextFiles(CheckContext context) : ICheckSource
{
    static readonly string[] Folders =
        ["/var/lib/node_exporter/textfile_collector", "/var/lib/node_exporter/textfile", "/var/lib/prometheus/node-exporter", "/var/lib/node_exporter"];

    readonly Folder[] _folders = [.. Folders.Select(f => new Folder(context.Root.Map(f)))];
    readonly ICheck[] _check = [new TextFileCheck(new(TextFileCheck.Name, TextFileCheck.Name, TimeSpan.FromSeconds(5), CheckPlan.UsualTimeout),
        [.. Folders.Select(context.Root.Map)], TextFileCheck.UsualStaleness, context.Time)];

    public IReadOnlyList<ICheck> Current
    {
        get
        {
            foreach (var folder in _folders)
                if (folder.HasFiles())
                    return _check;
            return [];
        }
    }

    /// <summary>
    /// Packages make the folders and mostly leave them empty, and to have a check find that out takes longer than many a probe. So it is
    /// listed when its time of change is another, and once more, since what came in the same instant has not changed that.
    /// </summary>
    sealed class Folder(string path)
    {
        const int LooksForChange = 2;

        static readonly DateTime NoFolder = DateTime.FromFileTimeUtc(0); // what the runtime says of one that is not there

        DateTime _written = NoFolder;
        int _looks;
        bool _hasFiles;

        public bool HasFiles()
        {
            var written = Directory.GetLastWriteTimeUtc(path);
            if (written != _written)
                (_written, _looks, _hasFiles) = (written, 0, false);
            if (written != NoFolder && _looks < LooksForChange)
            {
                _looks++;
                _hasFiles = List();
            }
            return _hasFiles;
        }

        bool List()
        {
            try
            {
                return Directory.EnumerateFiles(path, TextFileCheck.Pattern).Any();
            }
            catch (DirectoryNotFoundException)
            {
                return false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return true; // the check says what is wrong
            }
        }
    }
}
