using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Vigie.Agent.Identity;
using Vigie.Hub.Commands;

namespace Vigie.Hub.Enrolment;

/// <summary>The key that stands before this hub, seen from the hub's own machine: a proxy has it, and the hub itself does not know it.</summary>
static class ShownKey
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>As <see cref="PinnedKey"/> has it.</returns>
    /// <exception cref="CommandException">There is none, or no way to it.</exception>
    public static async Task<string> OfAsync(Uri hub, CancellationToken ct)
    {
        if (hub.Scheme != "https")
            throw new CommandException($"--pin: {hub} shows no key; set Server:PublicUrl to the hub's address of https");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(hub.IdnHost, hub.Port, limit.Token);
            X509Certificate2? shown = null;
            // Whoever signed it: what is looked at here is what the new server is to believe.
            await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
            {
                shown = certificate as X509Certificate2;
                return shown is not null;
            });
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = hub.IdnHost }, limit.Token);
            return PinnedKey.Of(shown!);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new CommandException($"--pin: {hub} could not be asked for its key: {e.Message}");
        }
    }
}
