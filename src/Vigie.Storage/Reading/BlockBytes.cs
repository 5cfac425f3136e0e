using System.Buffers;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Vigie.Storage;

/// <summary>
/// The bytes of one block after another, each read in pieces from the file, so that one column of a large block costs only
/// its own pages. The buffers are lent by the shared pool.
/// </summary>
sealed class BlockBytes(SqliteConnection connection) : IDisposable
{
    sqlite3_blob? _blob;
    BlockInfo? _block;
    byte[] _piece = [], _whole = [];
    int _length;
    bool _isWhole;

    /// <summary>Moves to a block.</summary>
    /// <param name="whole">Read all of it at once, because most of it will be asked for.</param>
    public void Open(BlockInfo block, bool whole)
    {
        _block = block;
        int code = _blob is null
            ? raw.sqlite3_blob_open(connection.Handle, "main", "block_data", "data", block.Id, 0, out _blob)
            : raw.sqlite3_blob_reopen(_blob, block.Id);
        if (code != raw.SQLITE_OK)
        {
            Close();
            throw new DamagedBlockException(block, $"it is not in the file ({raw.sqlite3_errstr(code).utf8_to_string()})");
        }
        _length = raw.sqlite3_blob_bytes(_blob);
        _isWhole = false;
        if (!whole)
            return;
        Grow(ref _whole, _length);
        Fill(0, _whole.AsSpan(0, _length));
        _isWhole = true;
    }

    /// <summary>A piece of the block, as much of it as there is. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(int offset, int length)
    {
        length = Math.Max(0, Math.Min(length, _length - offset)); // a damaged length is told by what reads the piece
        if (_isWhole)
            return _whole.AsSpan(Math.Min(offset, _length), length);
        Grow(ref _piece, length);
        var piece = _piece.AsSpan(0, length);
        if (length > 0)
            Fill(offset, piece);
        return piece;
    }

    void Fill(int offset, Span<byte> to)
    {
        int code = raw.sqlite3_blob_read(_blob, to, offset);
        if (code != raw.SQLITE_OK)
            throw new DamagedBlockException(_block!, $"it can't be read from the file ({raw.sqlite3_errstr(code).utf8_to_string()})");
    }

    static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length >= length)
            return;
        GiveBack(ref buffer);
        buffer = ArrayPool<byte>.Shared.Rent(length);
    }

    static void GiveBack(ref byte[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    void Close()
    {
        _blob?.Dispose();
        _blob = null;
    }

    public void Dispose()
    {
        Close();
        GiveBack(ref _piece);
        GiveBack(ref _whole);
        _length = 0;
    }
}
