using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vigie.Agent.Http;

/// <summary>An open connection to a server, straight or by a proxy, in clear or by TLS. Its calls block.</summary>
sealed class HttpConnection : IDisposable
{
    readonly Socket _socket;
    Stream _stream;

    HttpConnection(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    public Stream Stream => _stream;

    /// <summary>False when the other side has closed it, or has said something unasked.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Waits until something can be read, or the connection has ended; false when the time is over before.</summary>
    public bool IsAnswered(TimeSpan within) => _socket.Poll(within, SelectMode.SelectRead);

    /// <summary>How long a call that reads may wait for the next bytes; then it fails, and the connection is worth nothing any more.</summary>
    public TimeSpan ReadTimeout
    {
        set => _socket.ReceiveTimeout = (int)value.TotalMilliseconds;
    }

    /// <param name="trust">Decides on the server's certificate; null for the system's decision.</param>
    /// <param name="ct">Breaks it off at any point, by whatever exception that makes.</param>
    /// <exception cref="IOException">There is no way to the server, or it is not to be trusted; the message tells which.</exception>
    public static HttpConnection Open(HttpTarget target, HttpProxy? proxy, RemoteCertificateValidationCallback? trust, CancellationToken ct)
    {
        var way = proxy?.Address ?? target;
        var socket = ConnectTo(way, proxy is null ? "" : $"the proxy {way.Authority}: ", ct);
        var connection = new HttpConnection(socket, new NetworkStream(socket, ownsSocket: false));
        try
        {
            using var abort = connection.AbortOn(ct);
            if (proxy is not null && target.IsTls)
                connection.Tunnel(target, proxy);
            if (target.IsTls)
                connection.Encrypt(target, trust);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Until it is disposed, cancelling ends whatever call is under way.</summary>
    public CancellationTokenRegistration AbortOn(CancellationToken ct) => ct.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), _socket);

    static Socket ConnectTo(HttpTarget way, string name, CancellationToken ct)
    {
        try
        {
            return Connect(way, ct);
        }
        catch (IOException e)
        {
            throw new IOException(name + e.Message, e);
        }
    }

    static Socket Connect(HttpTarget way, CancellationToken ct)
    {
        SocketException? last = null;
        foreach (var address in AddressesOf(way.Host))
        {
            ct.ThrowIfCancellationRequested();
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using (ct.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket))
                    socket.Connect(new IPEndPoint(address, way.Port));
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw new IOException(last is null ? "its name has no address" : new SocketException((int)last.SocketErrorCode).Message, last);
    }

    static IPAddress[] AddressesOf(string host)
    {
        if (IPAddress.TryParse(host, out var address))
            return [address];
        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (SocketException e)
        {
            throw new IOException($"{host}: {new SocketException((int)e.SocketErrorCode).Message}", e);
        }
    }

    void Tunnel(HttpTarget target, HttpProxy proxy)
    {
        string name = target.Host.Contains(':', StringComparison.Ordinal) ? $"[{target.Host}]" : target.Host;
        string login = proxy.Authorization is { } authorization ? $"Proxy-Authorization: {authorization}\r\n" : "";
        _stream.Write(Encoding.UTF8.GetBytes($"CONNECT {name}:{target.Port} HTTP/1.1\r\nHost: {name}:{target.Port}\r\n{login}\r\n"));
        var reply = new HttpReply();
        reply.ReadTunnel(_stream);
        if (!reply.IsSuccess)
            throw new IOException($"the proxy {proxy.Address.Authority} answered {reply.Status} {reply.Reason}");
    }

    void Encrypt(HttpTarget target, RemoteCertificateValidationCallback? trust)
    {
        var encrypted = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = encrypted;
        try
        {
            encrypted.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = target.Host,
                RemoteCertificateValidationCallback = trust,
                // Who is asked decides itself what else is asked then; and the program has no client for it (Substitutions.xml).
                CertificateChainPolicy = new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            });
        }
        catch (System.Security.Authentication.AuthenticationException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void Dispose()
    {
        _socket.Dispose(); // first, so that nothing of TLS is written to a server that may hang
        _stream.Dispose();
    }
}
