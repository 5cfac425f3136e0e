using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vigie.Agent.Exposition;

/// <summary>
/// Answers <c>GET /metrics</c> on this host: HTTP/1.1, one request a connection, a few connections at a time, nothing that is not asked for.
/// A web server would be half of the agent again.
/// </summary>
sealed class MetricsServer(EndPoint address, NodeMetrics metrics, TimeProvider time, AgentLog log)
{
    const int MostHead = 8 * 1024, Places = 4;

    // ENXIO: what the kernel says to who opens a socket as a file.
    const int NotToBeOpened = 6;

    const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), BetweenTries = TimeSpan.FromSeconds(30);

    readonly SemaphoreSlim _places = new(Places);
    string? _trouble;

    /// <summary>Listens until cancelled. What keeps it from listening is told once and tried again: measuring matters more.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var listener = Listen();
                _trouble = null;
                await AcceptAsync(listener, ct);
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
            {
                if (e.Message != _trouble)
                    log(AgentLogLevel.Warning,
                        $"metrics can't be asked for at {address}: {e.Message}; it is tried again every {BetweenTries.TotalSeconds:0} s");
                _trouble = e.Message;
            }
            await Task.Delay(BetweenTries, time, ct);
        }
    }

    Socket Listen()
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (address is UnixDomainSocketEndPoint left)
                RemoveOld(left);
            listener.Bind(address); // a socket's file goes with it when it is closed
            if (address is UnixDomainSocketEndPoint socket)
                File.SetUnixFileMode(socket.ToString(), OwnerAndGroup);
            listener.Listen(16);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Takes away what an agent that was killed has left, and nothing that somebody uses or that is something else.</summary>
    static void RemoveOld(UnixDomainSocketEndPoint at)
    {
        string path = at.ToString();
        if (!Path.Exists(path))
            return;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException e) when ((e.HResult & 0xffff) == NotToBeOpened)
        {
            using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                other.Connect(at);
            }
            catch (SocketException)
            {
                File.Delete(path);
                return;
            }
            throw new IOException("another program answers there", e);
        }
        throw new IOException("something else than a socket is there");
    }

    async Task AcceptAsync(Socket listener, CancellationToken ct)
    {
        while (true)
        {
            await _places.WaitAsync(ct);
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(ct);
            }
            catch
            {
                _places.Release();
                throw;
            }
            _ = Task.Run(() => ServeAsync(socket, ct), CancellationToken.None);
        }
    }

    async Task ServeAsync(Socket socket, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            string head = await ReadHeadAsync(stream, either.Token);
            var (status, type, body) = await AnswerAsync(head, either.Token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), either.Token);
            if (!head.StartsWith("HEAD ", StringComparison.Ordinal))
                await stream.WriteAsync(body, either.Token);
            socket.Shutdown(SocketShutdown.Send); // else an unread rest of the request would cut the answer short
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Who asked has gone, or took too long; there is nobody to tell.
        }
        finally
        {
            _places.Release();
        }
    }

    async Task<(string Status, string Type, byte[] Body)> AnswerAsync(string head, CancellationToken ct)
    {
        const string Plain = "text/plain; charset=utf-8";
        if (head.Split(' ', 3) is not [var method, var target, ['H', 'T', 'T', 'P', '/', '1', '.', ..]])
            return ("400 Bad Request", Plain, "a request in HTTP/1.1 was expected\n"u8.ToArray());
        if (method is not ("GET" or "HEAD"))
            return ("405 Method Not Allowed", Plain, "only GET is answered\n"u8.ToArray());
        if (target.Split('?')[0] is not "/metrics")
            return ("404 Not Found", Plain, "the metrics are at /metrics\n"u8.ToArray());
        return ("200 OK", "text/plain; version=0.0.4; charset=utf-8", await metrics.WriteAsync(ct));
    }

    /// <summary>The request's line and fields; empty when there is no end to them.</summary>
    static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[MostHead];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            length += read;
            if (read == 0)
                return "";
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.Latin1.GetString(buffer, 0, length);
        }
        return "";
    }
}
