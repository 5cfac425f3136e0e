using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vigie.Tests.Support;

/// <summary>A request as it came over the line.</summary>
/// <param name="Connection">The number of the connection, from 1.</param>
sealed record ReceivedRequest(string Head, byte[] Body, int Connection)
{
    public string Line => Head.Split("\r\n")[0];

    public string? Header(string name) =>
        Head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];
}

/// <summary>A server on a loopback port that answers whatever bytes the test says: what real servers never send is sent here.</summary>
sealed class ScriptedServer : IDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly Func<ReceivedRequest, Task<string?>> _answer;
    readonly X509Certificate2? _certificate;
    int _connections;

    /// <param name="answer">The answer, byte for byte in Latin-1; null closes the connection without one.</param>
    public ScriptedServer(Func<ReceivedRequest, string?> answer, X509Certificate2? certificate = null)
        : this(request => Task.FromResult(answer(request)), certificate)
    {
    }

    public ScriptedServer(Func<ReceivedRequest, Task<string?>> answer, X509Certificate2? certificate = null)
    {
        (_answer, _certificate) = (answer, certificate);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>One that takes requests and never answers.</summary>
    /// <param name="asked">Ends when the first request has come.</param>
    public static ScriptedServer Mute(out Task asked)
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        asked = came.Task;
        return new(async _ =>
        {
            came.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
            return null;
        });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Address => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}");

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    public static string Answer(int status, string body = "", string headers = "") =>
        $"HTTP/1.1 {status} Words\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token), ++_connections);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    async Task ServeAsync(TcpClient client, int number)
    {
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var encrypted = new SslStream(stream);
                    await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
                    stream = encrypted;
                }
                while (await ReadAsync(stream, number) is { } request)
                {
                    Requests.Enqueue(request);
                    if (await _answer(request) is not { } answer)
                        return;
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _end.Token);
                    if (answer.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal) || !answer.Contains(": ", StringComparison.Ordinal))
                        return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone.
        }
    }

    async Task<ReceivedRequest?> ReadAsync(Stream stream, int number)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!Encoding.Latin1.GetString([.. head.TakeLast(4)]).Equals("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0)
                return null;
            head.Add(one[0]);
        }
        var request = new ReceivedRequest(Encoding.Latin1.GetString([.. head]), [], number);
        var body = new byte[int.Parse(request.Header("Content-Length") ?? "0")];
        await stream.ReadExactlyAsync(body, _end.Token);
        return request with { Body = body };
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }
}
