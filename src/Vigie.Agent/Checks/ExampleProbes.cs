namespace Vigie.Agent.Checks;

/// <summary>The probes that a new installation finds in its <c>probes.d/</c>, and its file of checks, to be read and changed.</summary>
public static class ExampleProbes
{
    /// <summary>A file of checks in which every line is a comment.</summary>
    public static string Checks
    {
        get
        {
            using var reader = new StreamReader(typeof(ExampleProbes).Assembly.GetManifestResourceStream("checks.conf")!);
            return reader.ReadToEnd();
        }
    }

    static readonly string[] Names = ["users.sh"];

    const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Writes each example as an executable file; a file that is already there stays as it is.</summary>
    /// <param name="folder">Made when it is missing.</param>
    /// <returns>The paths written.</returns>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static IReadOnlyList<string> WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        var written = new List<string>();
        foreach (var path in Names.Select(name => Path.Combine(folder, name)).Where(path => !File.Exists(path)))
        {
            using var example = typeof(ExampleProbes).Assembly.GetManifestResourceStream(Path.GetFileName(path))!;
            using (var file = new FileStream(path, FileMode.CreateNew))
                example.CopyTo(file);
            File.SetUnixFileMode(path, Executable);
            written.Add(path);
        }
        return written;
    }
}
