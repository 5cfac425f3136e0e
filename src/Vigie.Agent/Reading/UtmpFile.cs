using System.Buffers.Binary;
using System.Text;
using Vigie.Agent.Probes;

namespace Vigie.Agent.Reading;

/// <summary>The classic records of who is logged in: /run/utmp, formerly /var/run/utmp.</summary>
sealed class UtmpFile(HostRoot root)
{
    const short UserProcess = 7;

    // glibc's struct utmp has 32-bit times on x86-64 and 64-bit ones on arm64, which moves all that follows.
    const int Size32 = 384, Size64 = 400, Time32 = 340, Time64 = 344;
    const int Terminal = 8, User = 44, From = 76, ShortText = 32, LongText = 256;

    /// <summary>Where the records are.</summary>
    public static readonly string[] Places = ["/run/utmp", "/var/run/utmp"];

    readonly HostFile[] _files = [.. Places.Select(path => root.File(path))];

    /// <summary>Appends the sessions in the file's order. False when there is no such file.</summary>
    /// <exception cref="FormatException">The file's size is no multiple of a record's.</exception>
    public bool Read(List<UserSession> found)
    {
        foreach (var file in _files)
        {
            var records = file.ReadOnce();
            if (records.IsEmpty)
                continue;
            int size = records.Length % Size32 == 0 ? Size32 : records.Length % Size64 == 0 ? Size64
                : throw new FormatException($"{file.Name}: records of {Size32} or {Size64} bytes were expected, found {records.Length} bytes in all");
            for (; !records.IsEmpty; records = records[size..])
                if (BinaryPrimitives.ReadInt16LittleEndian(records) == UserProcess
                    && Text(records.Slice(User, ShortText)) is { Length: > 0 } user)
                    found.Add(new(user, Text(records.Slice(Terminal, ShortText)), Text(records.Slice(From, LongText)), size == Size32
                        ? BinaryPrimitives.ReadUInt32LittleEndian(records[Time32..])
                        : BinaryPrimitives.ReadInt64LittleEndian(records[Time64..])));
            return true;
        }
        return Places.Any(root.Exists);
    }

    static string Text(ReadOnlySpan<byte> padded)
    {
        int end = padded.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? padded : padded[..end]);
    }
}
