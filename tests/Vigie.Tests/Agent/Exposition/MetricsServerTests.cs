using System.Net;
using System.Net.Sockets;
using System.Text;
using Vigie.Agent;
using Vigie.Agent.Exposition;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Exposition;

public sealed class MetricsServerTests : IDisposable
{
    readonly HostFolder _host = new HostFolder().With("/proc/loadavg", "0.10 0.20 0.30 1/234 5678\n");
    readonly CancellationTokenSource _stop = new();
    Task? _running;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    EndPoint Start(string? address = null)
    {
        var at = MetricsAddress.Parse(address ?? $"127.0.0.1:{SmtpServer.FreePort()}", out _)!;
        _running = new MetricsServer(at, NodeMetrics.Of(_host.Root, TimeProvider.System), TimeProvider.System, (_, _) => { }).RunAsync(_stop.Token);
        return at;
    }

    static async Task<string> AskAsync(EndPoint at, string request)
    {
        for (int tries = 0; ; tries++)
            try
            {
                using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(at, Ct);
                await using var stream = new NetworkStream(socket, ownsSocket: false);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
                using var reader = new StreamReader(stream);
                return await reader.ReadToEndAsync(Ct);
            }
            catch (SocketException) when (tries < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
            }
    }

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK", "node_load1 0.1\n")]
    [InlineData("GET /metrics?collect[]=cpu HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "# TYPE node_load15 gauge\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404", "/metrics")]
    [InlineData("POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405", "GET")]
    [InlineData("\x16\x03\x01 hello\r\n\r\n", "HTTP/1.1 400", "HTTP/1.1")]
    public async Task A_request_gets_its_answer(string request, string status, string holds)
    {
        string answer = await AskAsync(Start(), request);
        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        Assert.Contains(holds, answer.Split("\r\n\r\n", 2)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_say_nothing_or_never_end_keep_nobody_else_out()
    {
        var at = Start();
        await AskAsync(at, "GET / HTTP/1.1\r\n\r\n");
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await silent.ConnectAsync(at, Ct);
        Assert.StartsWith("HTTP/1.1 400", await AskAsync(at, new string('x', 9000)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(at, "GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_in_the_file_system_is_for_owner_and_group_and_goes_with_the_agent()
    {
        string path = Path.Combine(_host.Path, "metrics.sock");
        LeaveBehind(path);
        var at = Start($"unix:{path}");
        Assert.Contains("node_load5 0.2\n", await AskAsync(at, "GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running!);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        string path = Path.Combine(_host.Path, "precious.txt");
        await File.WriteAllTextAsync(path, "precious", Ct);
        var told = new TaskCompletionSource<string>();
        _running = new MetricsServer(new UnixDomainSocketEndPoint(path), NodeMetrics.Of(_host.Root, TimeProvider.System), TimeProvider.System,
            (_, message) => told.TrySetResult(message)).RunAsync(_stop.Token);
        Assert.Contains("something else than a socket", await told.Task.WaitAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(path, Ct));
    }

    // As a killed agent does: the runtime would take the file away.
    static void LeaveBehind(string path)
    {
        string moved = path + ".bound";
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(moved));
            File.Move(moved, path);
        }
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task Prometheus_reads_a_line_whatever_a_label_holds()
    {
        var text = new NodeText();
        text.Gauge("node_x", "X.").Sample(1e300, ("device", "a\"b\\c\nd"));
        Assert.EndsWith("node_x{device=\"a\\\"b\\\\c\\nd\"} 1E+300\n", Encoding.UTF8.GetString(text.ToBytes()), StringComparison.Ordinal);
        // an empty host has nothing to tell, and breaks nothing
        using var empty = new HostFolder();
        string answer = Encoding.UTF8.GetString(await NodeMetrics.Of(empty.Root, TimeProvider.System).WriteAsync(Ct));
        Assert.DoesNotContain("node_scrape_collector_success{collector=\"cpu\"} 0", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:9100", "can be reached from other machines")]
    [InlineData("192.0.2.1:9100", "can be reached from other machines")]
    [InlineData("[::]:9100", "can be reached from other machines")]
    [InlineData(":9100", "no address with a port")]
    [InlineData("127.0.0.1", "no address with a port")]
    [InlineData("unix:metrics.sock", "no whole path")]
    public void Only_this_host_can_be_listened_to(string address, string why) =>
        Assert.Contains(why, Assert.Single(new AgentOptions { Metrics = address }.Errors()), StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1:9100"), InlineData("[::1]:9100"), InlineData("localhost:9100"), InlineData("unix:/run/vigie-agent/metrics.sock")]
    public void Addresses_of_this_host_are_taken(string address) => Assert.Empty(new AgentOptions { Metrics = address }.Errors());

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _host.Dispose();
    }
}
