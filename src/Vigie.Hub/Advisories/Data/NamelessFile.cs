using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data;

/// <summary>A file for what is too large for memory. It has no name, so nothing of it stays, whatever ends the hub.</summary>
static class NamelessFile
{
    /// <summary>In the data folder, because the place for temporary files is memory on many hosts.</summary>
    /// <exception cref="FeedException">There is no room.</exception>
    public static FileStream Open(DataFolder folder)
    {
        string path = Path.Combine(folder.Path, $"fetch-{Guid.NewGuid():N}.tmp");
        try
        {
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
                Share = FileShare.Delete,
            });
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FeedException($"there is no room for a download: {e.Message}");
        }
    }
}
