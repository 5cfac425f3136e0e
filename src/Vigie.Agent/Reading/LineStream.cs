namespace Vigie.Agent.Reading;

/// <summary>Reads a large text line by line through one small buffer.</summary>
sealed class LineStream(Stream stream) : IDisposable
{
    const int LongestLine = 1024 * 1024;

    byte[] _buffer = new byte[64 * 1024];
    int _begin, _end;

    /// <summary>The next line without its end, valid until the next call. One that is too long comes in pieces.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        for (int searched = 0; ;)
        {
            int length = _buffer.AsSpan(_begin + searched, _end - _begin - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_begin, searched + length);
                _begin += searched + length + 1;
                return true;
            }
            searched = _end - _begin;
            if (searched < LongestLine && Fill())
                continue;
            line = _buffer.AsSpan(_begin, searched);
            _begin = _end;
            return searched > 0;
        }
    }

    bool Fill()
    {
        if (_begin > 0)
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    public void Dispose() => stream.Dispose();
}
