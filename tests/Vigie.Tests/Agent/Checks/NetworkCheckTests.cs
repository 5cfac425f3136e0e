using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vigie.Agent.Checks;

namespace Vigie.Tests.Agent.Checks;

public sealed class NetworkCheckTests : IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <summary>Answers each connection with these bytes, with TLS when there is a certificate.</summary>
    string Serve(string answer, X509Certificate2? certificate = null)
    {
        _listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(Ct);
                Stream stream = client.GetStream();
                try
                {
                    if (certificate is not null)
                    {
                        var secure = new SslStream(stream);
                        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Ct);
                        stream = secure;
                    }
                    _ = await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, Ct);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), Ct);
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // the check did not like the certificate
                }
            }
        }, Ct);
        return _listener.LocalEndpoint.ToString()!;
    }

    static string Page(string status, string body, string more = "") =>
        $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{more}\r\n{body}";

    [Theory]
    [InlineData("", CheckState.Ok, "answered 200 OK"), InlineData("expect 200 contains \"is up\"", CheckState.Ok, "answered 200 OK"),
        InlineData("expect 301", CheckState.Critical, "answered 200 OK"), InlineData("contains down", CheckState.Critical, "without \"down\""),
        InlineData("critical 0.001ms", CheckState.Critical, "in ")]
    public async Task A_page_is_judged_by_status_text_and_time(string wish, CheckState state, string text)
    {
        var result = await CheckLine.ResultAsync($"http http://{Serve(Page("200 OK", "all is up"))}/ {wish}");
        Assert.Equal(state, result.State);
        Assert.Contains(text, result.Text, StringComparison.Ordinal);
        Assert.Equal(["time", "size"], result.Values.Select(v => v.Label));
        Assert.Equal((9d, CheckUnit.Bytes), (result.Values[1].Value, result.Values[1].Unit));
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_followed_only_when_asked_for()
    {
        string address = Serve(Page("302 Found", "", "Location: /other\r\n"));
        Assert.Equal(CheckState.Critical, (await CheckLine.ResultAsync($"http http://{address}/")).State);
        Assert.Equal(CheckState.Ok, (await CheckLine.ResultAsync($"http http://{address}/ expect 302")).State);
        Assert.Equal(CheckState.Critical, (await CheckLine.ResultAsync($"http http://{address}/ redirects 2")).State); // it leads in a circle
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_critical_and_its_time_is_told()
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        var result = await CheckLine.ResultAsync($"http https://{Serve(Page("200 OK", ""), certificate)}/");
        Assert.Equal(CheckState.Critical, result.State);
        Assert.Contains("its certificate is not to be trusted: it is for another name, ", result.Text, StringComparison.Ordinal);
        Assert.InRange(Assert.Single(result.Values, v => v.Label == "certificate left").Value, 9 * 86400, 10 * 86400);
    }

    [Fact]
    public async Task What_answers_nothing_is_critical_and_not_unknown()
    {
        _listener.Start(); // and accepts nobody
        var hanging = await CheckLine.ResultAsync($"timeout 300ms http http://{_listener.LocalEndpoint}/");
        Assert.Equal((CheckState.Critical, true), (hanging.State, hanging.Text.EndsWith("did not answer within 0.3 s", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_port_takes_connections_or_is_critical()
    {
        string address = Serve("");
        Assert.Equal(CheckState.Ok, (await CheckLine.ResultAsync($"tcp {address}")).State);
        _listener.Stop();
        var closed = await CheckLine.ResultAsync($"tcp {address}");
        Assert.Equal((CheckState.Critical, $"{address}: Connection refused"), (closed.State, closed.Text));
    }

    [Fact]
    public async Task This_machine_answers_echoes()
    {
        var result = await CheckLine.ResultAsync("ping 127.0.0.1 count 2");
        Assert.Equal((CheckState.Ok, 0d), (result.State, result.Values.Single(v => v.Label == "loss").Value));
        Assert.StartsWith("127.0.0.1 answered 2 of 2 echoes", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", CheckState.Ok), InlineData("expect 192.0.2.80", CheckState.Ok), InlineData("expect 192.0.2.80,192.0.2.81", CheckState.Critical),
        InlineData("type AAAA", CheckState.Critical)]
    public async Task A_name_is_asked_of_the_server_that_is_named(string wish, CheckState state)
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var serving = Task.Run(async () =>
        {
            var question = await server.ReceiveAsync(Ct);
            byte[] answer = [.. question.Buffer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 80];
            (answer[2], answer[7]) = (0x81, 1);
            await server.SendAsync(answer, question.RemoteEndPoint, Ct);
        }, Ct);
        var result = await CheckLine.ResultAsync($"dns www.example.org server {server.Client.LocalEndPoint} {wish}");
        await serving;
        Assert.Equal(state, result.State);
    }

    [Fact]
    public void Broken_answers_of_a_server_end_in_a_typed_error()
    {
        var random = new Random(1);
        byte[] good = [.. Vigie.Agent.Checks.Kinds.DnsMessage.Question(7, "a.example", v6: false), 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4];
        (good[2], good[7]) = (0x81, 1);
        Assert.Equal([IPAddress.Parse("1.2.3.4")], Vigie.Agent.Checks.Kinds.DnsMessage.Addresses(good, 7, v6: false)!);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = [.. good[..random.Next(good.Length + 1)]];
            for (int n = 0; n < 3 && bad.Length > 0; n++)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            try
            {
                Vigie.Agent.Checks.Kinds.DnsMessage.Addresses(bad, 7, v6: false);
            }
            catch (FormatException)
            {
                // the way it is meant to fail
            }
        }
    }

    [Theory]
    [InlineData("http ftp://x"), InlineData("http https://x expect 99"), InlineData("tcp host"), InlineData("tcp host:99999"), InlineData("ping"),
        InlineData("ping x count 99"), InlineData("dns a..b"), InlineData("dns a type MX"), InlineData("dns a server x"), InlineData("tcp a:1 b"),
        InlineData("tcp a:1 warning soon"), InlineData("http https://x colour red")]
    public void A_line_that_is_wrong_is_told_with_the_way_to_write_it(string line)
    {
        var errors = new List<string>();
        CheckFile.Parse("it " + line, "checks.conf", new(new("/"), TimeProvider.System, (_, _) => { }), new Dictionary<string, ICheckSource>(), errors);
        Assert.Contains($"; write it like: it {line.Split(' ')[0]} ", Assert.Single(errors), StringComparison.Ordinal);
    }

    public void Dispose() => _listener.Dispose();
}
