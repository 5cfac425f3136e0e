using Microsoft.Win32.SafeHandles;

namespace Vigie.Agent.Reading;

/// <summary>
/// A file of /proc or /sys that is read at each tick: opened once, read again from its start, into one buffer. The kernel writes such
/// files anew at each read, so an open file never shows old content; for ordinary files that are replaced use <see cref="ReadOnce"/>.
/// </summary>
sealed class HostFile(string name, string path)
{
    SafeFileHandle? _handle;
    byte[] _buffer = [];

    /// <summary>As the host knows it, for messages.</summary>
    public string Name => name;

    /// <summary>The whole content, valid until the next read; empty when there is no such file.</summary>
    /// <exception cref="IOException">The kernel refused to read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public ReadOnlySpan<byte> Read()
    {
        try
        {
            _handle ??= Open();
            return _handle is null ? default : Fill(_handle);
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
            return System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    ReadOnlySpan<byte> Fill(SafeFileHandle handle)
    {
        if (_buffer.Length == 0)
            _buffer = new byte[4096];
        for (int length = 0; ;)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, length * 2);
            int read = RandomAccess.Read(handle, _buffer.AsSpan(length), length);
            if (read == 0)
                return _buffer.AsSpan(0, length);
            length += read;
        }
    }
}
