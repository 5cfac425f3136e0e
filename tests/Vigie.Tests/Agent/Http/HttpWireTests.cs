using System.Text;
using Vigie.Agent.Http;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Http;

public sealed class HttpWireTests
{
    static readonly HttpRequest Get = new("GET", "/page?q=1", ("Accept", "*/*")), Post = new("POST", "/v1/metrics", ("Content-Type", "text/plain"));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static HttpWire Wire(ScriptedServer server, HttpProxy? proxy = null) => new(HttpTarget.Of(server.Address), proxy, TimeProvider.System);

    static string Exchange(string answer, int most = 1000, HttpRequest? request = null)
    {
        using var server = new ScriptedServer(_ => answer);
        using var wire = Wire(server);
        var reply = wire.Exchange(request ?? Get, default, most, Ct);
        return $"{reply.Status} {reply.Reason}|{reply.Text}|{reply.IsWhole}";
    }

    static string Refusal(string answer) => Assert.Throws<IOException>(() => Exchange(answer)).Message;

    [Fact]
    public void A_request_says_what_it_must_and_its_body()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(200));
        using var wire = Wire(server);
        wire.Exchange(Post, "hello"u8, 100, Ct);
        var request = Assert.Single(server.Requests);
        Assert.Equal($"POST /v1/metrics HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n", request.Head);
        Assert.Equal("hello", Encoding.ASCII.GetString(request.Body));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 OK|hello|True")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello", "200 OK|hello|True")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "204 No Content||True")]
    [InlineData("HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n", "503 ||True")]
    [InlineData("HTTP/1.0 200 OK\r\nX: 1\r\nConnection: close\r\n\r\nto the end", "200 OK|to the end|True")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 OK|ok|True")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", "200 OK|abc0123456789|True")]
    [InlineData("HTTP/1.1 200 O\u0007K\r\nContent-Length: 0\r\n\r\n", "200 OK||True")]
    public void An_answer_is_read_in_every_form(string answer, string read) => Assert.Equal(read, Exchange(answer));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nX: 1\r\nConnection: close\r\n\r\n0123456789")]
    public void Of_a_body_that_is_too_long_the_beginning_is_kept(string answer) => Assert.Equal("200 OK|0123456|False", Exchange(answer, most: 7));

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "what answered does not speak HTTP")]
    [InlineData("HTTP/1.1 two hundred\r\nX: 1\r\n\r\n", "what answered does not speak HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the answer's length is not a number")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nshort", "the connection ended in the middle of the answer")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n", "a chunk of the answer has no size")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nabcdef\r\n", "a chunk of the answer is longer than its size")]
    [InlineData("HTTP/1.1 200 OK\r\n", "the connection ended before an answer came")]
    public void What_is_no_answer_is_refused_with_the_reason(string answer, string reason) => Assert.Equal(reason, Refusal(answer));

    [Fact]
    public void A_head_without_end_is_refused() => Assert.StartsWith("the answer's head is larger than 64 KiB",
        Refusal("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X: " + new string('x', 1000) + "\r\n", 70)) + "\r\n"));

    [Fact]
    public void Requests_share_one_connection()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(200, "x"));
        using var wire = Wire(server);
        for (int i = 0; i < 3; i++)
            Assert.Equal(200, wire.Exchange(Post, "y"u8, 10, Ct).Status);
        Assert.Equal([1, 1, 1], server.Requests.Select(r => r.Connection));
    }

    [Fact]
    public void A_request_that_dies_with_an_idle_connection_is_sent_again()
    {
        using var server = new ScriptedServer(r => r.Connection == 1 && r.Body is [2] ? null : ScriptedServer.Answer(200));
        using var wire = Wire(server);
        Assert.Equal(200, wire.Exchange(Post, [1], 10, Ct).Status);
        Assert.Equal(200, wire.Exchange(Post, [2], 10, Ct).Status);
        Assert.Equal([1, 1, 2], server.Requests.Select(r => r.Connection));
    }

    [Fact]
    public void A_server_that_always_hangs_up_is_asked_once()
    {
        using var server = new ScriptedServer(_ => (string?)null);
        using var wire = Wire(server);
        Assert.Throws<IOException>(() => wire.Exchange(Post, default, 10, Ct));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_for_an_answer()
    {
        using var server = ScriptedServer.Mute(out var asked);
        using var wire = Wire(server);
        using var stop = new CancellationTokenSource();
        var exchange = Task.Run(() => wire.Exchange(Get, default, 10, stop.Token), Ct);
        await asked;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exchange);
    }

    [Fact]
    public void A_line_break_cannot_be_put_into_a_head()
    {
        Assert.Throws<ArgumentException>(() => new HttpRequest("GET", "/a b"));
        Assert.Throws<ArgumentException>(() => new HttpRequest("GET", "/", ("Authorization", "Bearer x\r\nX: y")));
    }

    [Fact]
    public void A_proxy_is_asked_for_what_it_can_read_and_told_its_password()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(200));
        var target = new HttpTarget("hub.example", 80, false, "hub.example");
        var proxy = HttpProxy.For(target, name => name == "http_proxy" ? $"http://me:s%3Acret@127.0.0.1:{server.Port}" : null);
        using var wire = new HttpWire(target, proxy, TimeProvider.System);
        wire.Exchange(Get, default, 10, Ct);
        var request = Assert.Single(server.Requests);
        Assert.Equal("GET http://hub.example/page?q=1 HTTP/1.1", request.Line);
        Assert.Equal(("hub.example", "Basic bWU6czpjcmV0"), (request.Header("Host"), request.Header("Proxy-Authorization")));
    }

    [Fact]
    public void A_proxy_that_refuses_the_way_is_named()
    {
        using var server = new ScriptedServer(_ => "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        var target = new HttpTarget("hub.example", 443, true, "hub.example");
        using var wire = new HttpWire(target, HttpProxy.For(target, name => name == "HTTPS_PROXY" ? $"127.0.0.1:{server.Port}" : null), TimeProvider.System);
        Assert.Equal($"the proxy 127.0.0.1:{server.Port} answered 407 Proxy Authentication Required",
            Assert.Throws<IOException>(() => wire.Exchange(Get, default, 10, Ct)).Message);
        Assert.Equal("CONNECT hub.example:443 HTTP/1.1", Assert.Single(server.Requests).Line);
    }

    [Theory]
    [InlineData("http://hub.example", "hub.example", false)]
    [InlineData("http://hub.example", "*", false)]
    [InlineData("http://hub.example", "other, .example", false)]
    [InlineData("http://hub.example:8080", "hub.example:8080", false)]
    [InlineData("http://localhost", "", false)]
    [InlineData("http://127.0.0.1:5000", "", false)]
    [InlineData("http://[::1]:5000", "", false)]
    [InlineData("http://hub.example", "ub.example", true)]
    [InlineData("http://hub.example", null, true)]
    public void The_environment_says_who_is_asked_by_the_proxy(string address, string? except, bool isProxied) =>
        Assert.Equal(isProxied, HttpProxy.For(HttpTarget.Of(new(address)),
            name => name switch { "http_proxy" => "http://proxy:3128", "no_proxy" => except, _ => null }) is not null);

    [Fact]
    public void Nothing_is_allocated_while_the_connection_holds()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(200, "fine"));
        using var wire = Wire(server);
        var gzip = new Gzip();
        var body = new byte[10_000];
        long least = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            wire.Exchange(Post, gzip.Compress(body), 100, Ct);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
