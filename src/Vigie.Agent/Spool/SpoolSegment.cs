using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Vigie.Agent.Spool;

/// <summary>One file of a spool: records, the oldest first. Written at its end and read from its beginning, then deleted whole.</summary>
sealed class SpoolSegment : IDisposable
{
    const string Extension = ".spool";

    readonly SafeFileHandle _file;
    readonly string _path;
    long _readAt;
    readonly byte[] _head = new byte[SpoolRecord.HeadBytes];

    SpoolSegment(string path, long number, SafeFileHandle file) => (_path, Number, _file) = (path, number, file);

    public long Number { get; }

    public long Bytes { get; private set; }

    /// <summary>Samples of records that were not read yet.</summary>
    public long Waiting { get; private set; }

    /// <summary>Samples of the record that a kill has cut off in the midst, as its head tells.</summary>
    public int Torn { get; private set; }

    public bool IsRead => _readAt >= Bytes;

    /// <exception cref="IOException">The folder or the disk refuses it.</exception>
    public static SpoolSegment Create(string folder, long number)
    {
        string path = System.IO.Path.Combine(folder, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);
        return new(path, number, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite));
    }

    /// <summary>What an earlier run has left, oldest first. What a kill has cut in the midst of a record is cut off.</summary>
    public static IEnumerable<SpoolSegment> OpenAll(string folder)
    {
        var numbered = from path in Directory.GetFiles(folder, "*" + Extension)
                       let name = System.IO.Path.GetFileNameWithoutExtension(path)
                       where long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                       orderby long.Parse(name, CultureInfo.InvariantCulture)
                       select (path, long.Parse(name, CultureInfo.InvariantCulture));
        foreach (var (path, number) in numbered)
        {
            var segment = new SpoolSegment(path, number, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite));
            segment.Count();
            yield return segment;
        }
    }

    void Count()
    {
        long length = RandomAccess.GetLength(_file);
        while (TryHead(Bytes, length, out var record))
        {
            Bytes += record.Bytes;
            Waiting += record.Samples;
        }
        if (Bytes == length)
            return;
        if (TryHead(Bytes, long.MaxValue, out var torn))
            Torn = torn.Samples;
        RandomAccess.SetLength(_file, Bytes);
    }

    bool TryHead(long at, long length, out SpoolRecord record)
    {
        record = default;
        return at + SpoolRecord.HeadBytes <= length
            && RandomAccess.Read(_file, _head, at) == SpoolRecord.HeadBytes
            && SpoolRecord.TryRead(_head, out record)
            && at + record.Bytes <= length;
    }

    /// <summary>Adds a whole record.</summary>
    /// <exception cref="IOException">Nothing of it is there: the disk is full or fails.</exception>
    public void Append(ReadOnlySpan<byte> bytes, SpoolRecord record)
    {
        try
        {
            RandomAccess.Write(_file, bytes, Bytes);
        }
        catch
        {
            RandomAccess.SetLength(_file, Bytes);
            throw;
        }
        Bytes += record.Bytes;
        Waiting += record.Samples;
    }

    /// <summary>The oldest record that was not read; its request goes into <paramref name="request"/>.</summary>
    /// <returns>False when there is none, or what follows is no record.</returns>
    public bool TryPeek(ref byte[] request, out SpoolRecord record, out bool isWhole)
    {
        isWhole = false;
        if (!TryHead(_readAt, Bytes, out record))
            return false;
        int length = record.Length + SpoolRecord.TailBytes;
        if (request.Length < length)
            request = new byte[length];
        int read = RandomAccess.Read(_file, request.AsSpan(0, length), _readAt + SpoolRecord.HeadBytes);
        isWhole = record.Holds(request.AsSpan(0, read));
        return true;
    }

    /// <summary>The record that was peeked at is done with.</summary>
    public void Pass(SpoolRecord record)
    {
        _readAt += record.Bytes;
        Waiting -= record.Samples;
    }

    public void Flush() => RandomAccess.FlushToDisk(_file);

    public void Delete()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose() => _file.Dispose();
}
