namespace Vigie.Tests.Support;

/// <summary>Real data that is not part of the project: a folder <c>shared/data</c> beside it or above.</summary>
static class SharedData
{
    /// <summary>Null when it is not there: the caller skips, and says what was not tested.</summary>
    public static string? Folder(string part)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", part) is var found && Directory.Exists(found))
                return found;
        return null;
    }
}
