using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Vigie.Agent.Http;

/// <summary>
/// An answer, read into buffers that the next one uses again. HTTP/1.1: a body by length, in chunks, or to the end of the connection.
/// </summary>
sealed class HttpReply
{
    const int MostHead = 64 * 1024;

    byte[] _in = new byte[2048], _head = new byte[1024], _body = [];
    int _next, _filled, _headLength, _bodyLength, _most;
    Stream _stream = Stream.Null;

    public int Status { get; private set; }

    public bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>Whether the same request may be taken later, by the rules of OpenTelemetry's protocol.</summary>
    public bool MayBeAskedAgain => Status is 429 or 502 or 503 or 504;

    /// <summary>The status' words, as the server puts them; printable characters only.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Valid until the next answer is read.</summary>
    public ReadOnlySpan<byte> Body => _body.AsSpan(0, _bodyLength);

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>False when the body went on beyond the most that was wanted.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether a byte of an answer came.</summary>
    internal bool HasBegun { get; private set; }

    /// <summary>A header's value without blanks around it; empty when it is not there.</summary>
    /// <param name="name">In lower case.</param>
    public ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = _head.AsSpan(0, _headLength);
        while (Line(ref rest, out var line))
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].Trim(" \t"u8);
        return default;
    }

    /// <summary>Reads one answer.</summary>
    /// <param name="most">Bytes of the body that are kept.</param>
    /// <returns>Whether the connection can serve another request.</returns>
    /// <exception cref="IOException">The connection broke off, or what came is no answer of HTTP.</exception>
    internal bool Read(Stream stream, int most)
    {
        Forget();
        (_stream, _most) = (stream, most);
        bool isOld;
        do
            isOld = ReadHead();
        while (Status is >= 100 and <= 199 and not 101);
        bool keeps = !isOld && !Has("connection"u8, "close"u8);
        if (Status is 204 or 304)
            return keeps;
        if (Has("transfer-encoding"u8, "chunked"u8))
            return ReadChunks() && keeps;
        var length = Header("content-length"u8);
        if (length.IsEmpty)
        {
            while (IsWhole && (_next < _filled || Fill()))
                Take(_filled - _next);
            return false;
        }
        if (!Utf8Parser.TryParse(length, out long bytes, out int digits) || digits != length.Length || bytes < 0)
            throw new IOException("the answer's length is not a number");
        return ReadBytes(bytes) && keeps;
    }

    /// <summary>Reads the head of the answer that a proxy gives before it opens a way.</summary>
    internal void ReadTunnel(Stream stream)
    {
        Forget();
        _stream = stream;
        ReadHead();
    }

    internal void Forget() => (_next, _filled, _bodyLength, HasBegun, IsWhole) = (0, 0, 0, false, true);

    /// <summary>Whether a list of words in a header holds that one, the last of them for the encodings of a transfer.</summary>
    bool Has(ReadOnlySpan<byte> header, ReadOnlySpan<byte> word)
    {
        var value = Header(header);
        return value.Length >= word.Length && Ascii.EqualsIgnoreCase(value[^word.Length..], word);
    }

    bool ReadHead()
    {
        _headLength = 0;
        while (true)
        {
            if (ReadLine() is var line && line.IsEmpty)
                break;
            Keep(line);
        }
        ReadOnlySpan<byte> rest = _head.AsSpan(0, _headLength);
        // HTTP/1.1 200 OK
        if (!Line(ref rest, out var status) || !status.StartsWith("HTTP/1."u8) || status.Length < 12 || status[8] != ' '
            || !Utf8Parser.TryParse(status.Slice(9, 3), out int number, out int digits) || digits != 3)
            throw new IOException("what answered does not speak HTTP");
        Status = number;
        var words = status[Math.Min(13, status.Length)..];
        if (!Ascii.Equals(words, Reason)) // as a rule it is the words of the last answer
            Reason = Printable(words);
        return status[7] == '0';
    }

    void Keep(ReadOnlySpan<byte> line)
    {
        if (_headLength + line.Length + 1 > MostHead)
            throw new IOException($"the answer's head is larger than {MostHead / 1024} KiB");
        if (_headLength + line.Length + 1 > _head.Length)
            Array.Resize(ref _head, Math.Max(_head.Length * 2, _headLength + line.Length + 1));
        line.CopyTo(_head.AsSpan(_headLength));
        _head[_headLength + line.Length] = (byte)'\n';
        _headLength += line.Length + 1;
    }

    bool ReadChunks()
    {
        while (true)
        {
            var line = ReadLine();
            int end = line.IndexOf((byte)';');
            var size = (end < 0 ? line : line[..end]).Trim((byte)' ');
            if (size.Length is 0 or > 8 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long bytes))
                throw new IOException("a chunk of the answer has no size");
            if (bytes == 0)
            {
                while (!ReadLine().IsEmpty)
                {
                    // trailers, of which none says anything to us
                }
                return true;
            }
            if (!ReadBytes(bytes))
                return false;
            if (!ReadLine().IsEmpty)
                throw new IOException("a chunk of the answer is longer than its size");
        }
    }

    /// <summary>False when more came than is wanted; the rest is left unread.</summary>
    bool ReadBytes(long bytes)
    {
        while (bytes > 0 && IsWhole)
        {
            if (_next == _filled && !Fill())
                throw new IOException("the connection ended in the middle of the answer");
            int here = (int)Math.Min(bytes, _filled - _next);
            Take(here);
            bytes -= here;
        }
        return IsWhole;
    }

    void Take(int bytes)
    {
        int kept = Math.Min(bytes, _most - _bodyLength);
        if (_bodyLength + kept > _body.Length)
            Array.Resize(ref _body, Math.Max(_body.Length * 2, _bodyLength + kept));
        _in.AsSpan(_next, kept).CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += kept;
        _next += bytes;
        IsWhole = kept == bytes;
    }

    /// <summary>A line without its end; valid until the next call.</summary>
    ReadOnlySpan<byte> ReadLine()
    {
        int searched = _next;
        while (true)
        {
            int at = _in.AsSpan(searched, _filled - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = _in.AsSpan(_next, searched + at - _next);
                _next = searched + at + 1;
                return line.TrimEnd((byte)'\r');
            }
            int length = _filled - _next;
            if (length > MostHead)
                throw new IOException($"a line of the answer's head is longer than {MostHead / 1024} KiB");
            if (!Fill())
                throw new IOException("the connection ended before an answer came");
            searched = _next + length;
        }
    }

    /// <summary>Makes room behind what is not read yet, and reads once. False at the end of the connection.</summary>
    bool Fill()
    {
        _in.AsSpan(_next, _filled - _next).CopyTo(_in);
        (_filled, _next) = (_filled - _next, 0);
        if (_filled == _in.Length)
            Array.Resize(ref _in, _in.Length * 2);
        int read = _stream.Read(_in.AsSpan(_filled));
        _filled += read;
        HasBegun |= read > 0;
        return read > 0;
    }

    static bool Line(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        int end = rest.IndexOf((byte)'\n');
        line = end < 0 ? default : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return end >= 0;
    }

    static string Printable(ReadOnlySpan<byte> words) =>
        string.Concat(Encoding.UTF8.GetString(words[..Math.Min(words.Length, 200)]).Where(c => !char.IsControl(c)));
}
