using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vigie.Storage;

/// <summary>
/// SQLite's write-ahead log as a file that is brought to the disk after each commit. SQLite would do so by itself, but with
/// fsync, which also writes when the file was changed: one more write that is waited for, and on a file system with a journal a
/// commit of that. fdatasync leaves this out. Why nothing is lost by it: docs/decisions/0007.
/// </summary>
/// <param name="database">The path of the database, which must be open in this process as long as this is used.</param>
sealed partial class WriteAheadLog(string database) : IDisposable
{
    readonly string _path = database + "-wal";
    SafeFileHandle? _file;

    /// <summary>Returns when all that was written is on the disk.</summary>
    /// <exception cref="IOException">It may not be.</exception>
    public void Flush()
    {
        _file ??= File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!OperatingSystem.IsLinux())
            RandomAccess.FlushToDisk(_file);
        else if (DataSync(_file) != 0)
            throw new IOException($"{_path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Dispose() => _file?.Dispose();

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
