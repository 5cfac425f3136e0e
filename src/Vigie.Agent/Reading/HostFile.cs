using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vigie.Agent.Reading;

/// <summary>
/// A file of /proc or /sys that is read at each tick: opened once, read again from its start, into one buffer. The kernel writes such
/// files anew at each read, so an open file never shows old content; for ordinary files that are replaced use <see cref="ReadOnce"/>.
/// </summary>
/// <param name="name">As the host knows it.</param>
/// <param name="path">Where it is for us.</param>
/// <param name="sharedBy">Whose rounds it is read in, once in each, however many ask; null to read it at every call.</param>
/// <param name="hasLongLines">Whether a line may be half a page long.</param>
sealed partial class HostFile(string name, string path, HostRoot? sharedBy = null, bool hasLongLines = false)
{
    /// <summary>
    /// The kernel fills a page with whole lines, so a read that leaves more of a page free than a line takes has come to the end: it
    /// need not be read again to be told so.
    /// </summary>
    const int SurelyWhole = 2048;

    const short Urgent = 2, Error = 8; // POLLPRI, POLLERR

    SafeFileHandle? _handle;
    byte[] _buffer = [];
    int _length;
    long _round;
    bool _isKernels;

    [StructLayout(LayoutKind.Sequential)]
    struct PollEntry
    {
        public int File;
        public short Wanted, Found;
    }

    /// <summary>As the host knows it, for messages.</summary>
    public string Name => name;

    /// <summary>The whole content, valid until the next read; empty when there is no such file.</summary>
    /// <exception cref="IOException">The kernel refused to read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public ReadOnlySpan<byte> Read()
    {
        long round = sharedBy?.Round ?? 0;
        if (round > 0 && round == _round)
            return _buffer.AsSpan(0, _length);
        try
        {
            _handle ??= Open();
            _length = _handle is null ? 0 : Fill(_handle);
            _round = round;
            return _buffer.AsSpan(0, _length);
        }
        catch (IOException)
        {
            Close();
            throw;
        }
    }

    /// <summary>The same for a file that programs replace: opened anew each time.</summary>
    public ReadOnlySpan<byte> ReadOnce()
    {
        try
        {
            return Read();
        }
        finally
        {
            Close();
        }
    }

    /// <summary>The same for a file that may be refused or go at any time (a sensor asleep, a cgroup removed): then it is empty.</summary>
    public ReadOnlySpan<byte> ReadIfGiven()
    {
        try
        {
            return Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>
    /// Whether the content is what it was at the last read, as far as the kernel tells, which it does of the tables of mounts. False for
    /// a file that is no kernel's.
    /// </summary>
    public bool IsUnchanged()
    {
        if (_handle is null || !_isKernels)
            return false;
        var entry = new PollEntry { File = (int)_handle.DangerousGetHandle(), Wanted = Urgent };
        return Poll(ref entry, 1, 0) >= 0 && (entry.Found & (Urgent | Error)) == 0;
    }

    public void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }

    SafeFileHandle? Open()
    {
        if (!System.IO.File.Exists(path)) // many a host lacks many a file, and an exception for each at every tick is dear
            return null;
        try
        {
            // Sharing everything keeps the runtime from locking the file, which not every pseudo file system can.
            var handle = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _isKernels = RandomAccess.GetLength(handle) == 0; // it has no length before it is read
            return handle;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    int Fill(SafeFileHandle handle)
    {
        if (_buffer.Length == 0)
            _buffer = new byte[4096];
        for (int length = 0; ;)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, length * 2);
            int read = RandomAccess.Read(handle, _buffer.AsSpan(length), length);
            length += read;
            if (read == 0 || (read < SurelyWhole && !hasLongLines && length < _buffer.Length))
                return length;
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);
}
