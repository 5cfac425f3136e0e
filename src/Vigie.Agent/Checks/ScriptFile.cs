namespace Vigie.Agent.Checks;

/// <summary>Whether a file may be run by the agent.</summary>
static class ScriptFile
{
    const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Whether it is a file that somebody may execute, and not a hidden one.</summary>
    public static bool IsExecutable(string path)
    {
        if (Path.GetFileName(path).StartsWith('.'))
            return false;
        try
        {
            return (File.GetUnixFileMode(Target(path)) & Executable) != UnixFileMode.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // gone since the folder was read, or a link to nowhere
        }
    }

    /// <exception cref="InvalidOperationException">Everyone could change what is run; the message tells the remedy.</exception>
    public static void RefuseIfOthersCouldChange(string path)
    {
        var file = Target(path);
        if (File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherWrite))
            throw new InvalidOperationException($"everyone may change {file}, so it is not run; take that right away with: chmod o-w '{file}'");
        foreach (var folder in new[] { Path.GetDirectoryName(path)!, Path.GetDirectoryName(file)! })
            if (File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherWrite))
                throw new InvalidOperationException($"everyone may put files into {folder}, so none is run; take that right away with: chmod o-w '{folder}'");
    }

    static string Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
}
