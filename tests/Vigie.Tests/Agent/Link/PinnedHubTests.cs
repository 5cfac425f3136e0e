using System.Security.Cryptography.X509Certificates;
using Vigie.Agent.Identity;
using Vigie.Agent.Link;
using Vigie.Hub.Commands;
using Vigie.Hub.Enrolment;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Link;

/// <summary>A hub behind TLS with a certificate that nobody has signed: believed by who pins its key, and by nobody else.</summary>
public sealed class PinnedHubTests : IDisposable
{
    readonly X509Certificate2 _certificate = TlsFront.SelfSigned();
    readonly ScriptedServer _hub;

    public PinnedHubTests() => _hub = new(_ => ScriptedServer.Answer(200), _certificate);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<ExportOutcome> SendAsync(string? pin)
    {
        using var exporter = new HttpExporter(_hub.Address, "secret", TimeSpan.FromSeconds(30), TimeProvider.System, pin);
        return await exporter.SendAsync(new byte[] { 1 }, 1, Ct);
    }

    [Fact]
    public async Task The_pinned_key_is_all_that_counts()
    {
        Assert.Equal(ExportOutcome.Ok, await SendAsync(PinnedKey.Of(_certificate)));
        Assert.Equal("Bearer secret", Assert.Single(_hub.Requests).Header("Authorization"));
    }

    [Fact]
    public async Task Another_key_gets_no_token()
    {
        using var other = TlsFront.SelfSigned();
        foreach (string? pin in new[] { PinnedKey.Of(other), null })
        {
            var outcome = await SendAsync(pin);
            Assert.Equal(ExportResult.Retry, outcome.Result);
            Assert.Contains("certificate", outcome.Reason);
        }
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public async Task The_hub_reads_the_key_that_is_shown_before_it_and_puts_it_into_the_line()
    {
        string pin = await ShownKey.OfAsync(_hub.Address, Ct);
        Assert.Equal(PinnedKey.Of(_certificate), pin);
        Assert.Equal($"curl -fsSLk --pinnedpubkey sha256//{pin[7..]} https://hub/install | sudo sh -s -- --token t --pin {pin}",
            InstallScript.Line("https://hub", "t", pin));
        Assert.Contains("shows no key", (await Assert.ThrowsAsync<CommandException>(() => ShownKey.OfAsync(new("http://hub"), Ct))).Message);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _certificate.Dispose();
    }
}
