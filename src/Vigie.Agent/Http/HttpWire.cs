using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Vigie.Agent.Http;

/// <summary>How far a request has come.</summary>
enum HttpProgress
{
    /// <summary>It has to be sent, or sent again, on a new connection.</summary>
    Unsent,

    /// <summary>The server has it, and has said nothing yet.</summary>
    Sent,

    Answered,
}

/// <summary>
/// Requests to one server over one connection, which is kept between them. Blocks the thread that calls, and allocates nothing while the
/// connection holds: what makes the agent small (docs/decisions/0010-the-agents-own-http.md). For one caller at a time.
/// </summary>
sealed class HttpWire : IDisposable
{
    /// <summary>Then a new one is made, so that the agent follows when the server's name gets another address.</summary>
    static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Bytes that the system takes at once from a connection of which all that was sent before has been answered.</summary>
    const int MostUnread = 32 * 1024;

    const int MostKept = 64 * 1024;

    readonly HttpTarget _target;
    readonly HttpProxy? _proxy;
    readonly TimeProvider _time;
    readonly RemoteCertificateValidationCallback? _trust;
    readonly byte[] _host, _prefix;
    byte[] _out = new byte[4096];
    int _length;
    HttpConnection? _connection;
    long _connectedAt;

    /// <param name="proxy">Null for the direct way.</param>
    /// <param name="trust">Decides on the server's certificate; null for the system's decision.</param>
    public HttpWire(HttpTarget target, HttpProxy? proxy, TimeProvider time, RemoteCertificateValidationCallback? trust = null)
    {
        (_target, _proxy, _time, _trust) = (target, proxy, time, trust);
        bool asksProxy = proxy is not null && !target.IsTls; // else the proxy only carries what it can't read
        _prefix = asksProxy ? Encoding.ASCII.GetBytes($"http://{target.Authority}") : [];
        string login = asksProxy && proxy!.Authorization is { } authorization ? $"Proxy-Authorization: {authorization}\r\n" : "";
        _host = Encoding.ASCII.GetBytes($" HTTP/1.1\r\nHost: {target.Authority}\r\n{login}");
    }

    /// <summary>Of the last exchange.</summary>
    public HttpReply Reply { get; } = new();

    /// <summary>Sends one request and reads its answer. On a connection that has died meanwhile it is sent again on a new one.</summary>
    /// <param name="mostReply">Bytes of the answer's body that are kept.</param>
    /// <exception cref="IOException">There was no answer; the message tells why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the connection is gone then.</exception>
    public HttpReply Exchange(HttpRequest request, ReadOnlySpan<byte> body, int mostReply, CancellationToken ct)
    {
        Prepare(request, body);
        return Exchange(KeepsConnection(), mostReply, ct);
    }

    /// <summary>
    /// The same for a thread that must not block: sends on the connection there is, and waits for the answer no longer than asked.
    /// Whatever else is needed is left for <see cref="Finish"/>, on another thread.
    /// </summary>
    public HttpProgress TryExchange(HttpRequest request, ReadOnlySpan<byte> body, int mostReply, TimeSpan patience)
    {
        Prepare(request, body);
        if (!KeepsConnection() || _length > MostUnread)
            return HttpProgress.Unsent;
        try
        {
            Reply.Forget();
            _connection!.Stream.Write(_out.AsSpan(0, _length));
            if (!_connection.IsAnswered(patience))
                return HttpProgress.Sent;
            _connection.ReadTimeout = patience; // as a rule the rest is there, too
            if (Reply.Read(_connection.Stream, mostReply))
                _connection.ReadTimeout = TimeSpan.Zero;
            else
                Close();
            return HttpProgress.Answered;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            Close();
            return HttpProgress.Unsent;
        }
    }

    /// <summary>Goes on with the request that was tried or put together last; blocks.</summary>
    /// <exception cref="IOException">There was no answer; the message tells why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the connection is gone then.</exception>
    public HttpReply Finish(HttpProgress progress, int mostReply, CancellationToken ct)
    {
        if (progress == HttpProgress.Sent)
        {
            try
            {
                using var abort = _connection!.AbortOn(ct);
                if (!Reply.Read(_connection.Stream, mostReply))
                    Close();
                return Reply;
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                Close();
                ct.ThrowIfCancellationRequested();
                if (Reply.HasBegun)
                    throw e as IOException ?? new IOException(e.Message, e);
            }
        }
        return progress == HttpProgress.Answered ? Reply : Exchange(KeepsConnection(), mostReply, ct);
    }

    HttpReply Exchange(bool isKept, int mostReply, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                if (_connection is null)
                    Connect(ct);
                if (!TryExchange(_connection!, mostReply, ct))
                    Close();
                return Reply;
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                Close();
                ct.ThrowIfCancellationRequested();
                if (!isKept || Reply.HasBegun)
                    throw e as IOException ?? new IOException(e.Message, e);
                isKept = false;
            }
        }
    }

    bool TryExchange(HttpConnection connection, int mostReply, CancellationToken ct)
    {
        using var abort = connection.AbortOn(ct);
        Reply.Forget();
        connection.Stream.Write(_out.AsSpan(0, _length));
        return Reply.Read(connection.Stream, mostReply);
    }

    bool KeepsConnection()
    {
        if (_connection is null)
            return false;
        if (_connection.IsQuiet && _time.GetElapsedTime(_connectedAt) < Lifetime)
            return true;
        Close();
        return false;
    }

    void Connect(CancellationToken ct)
    {
        _connection = HttpConnection.Open(_target, _proxy, _trust, ct);
        _connectedAt = _time.GetTimestamp();
    }

    /// <summary>Puts a request together, for <see cref="Finish"/> to send.</summary>
    public void Prepare(HttpRequest request, ReadOnlySpan<byte> body)
    {
        _length = 0;
        if (_out.Length > MostKept && body.Length < MostKept / 2)
            _out = new byte[4096]; // what a seldom large request took is not kept for the small ones
        Put(request.Method);
        Put(_prefix);
        Put(request.Path);
        Put(_host);
        Put(request.Headers);
        if (request.HasBody)
        {
            Put("Content-Length: "u8);
            Span<byte> digits = stackalloc byte[12];
            Utf8Formatter.TryFormat(body.Length, digits, out int count);
            Put(digits[..count]);
            Put("\r\n"u8);
        }
        Put("\r\n"u8);
        Put(body);
    }

    void Put(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _out.Length)
            Array.Resize(ref _out, Math.Max(_out.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_out.AsSpan(_length));
        _length += bytes.Length;
    }

    void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    public void Dispose() => Close();
}
