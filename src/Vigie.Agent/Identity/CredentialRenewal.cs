using System.Text;
using Vigie.Agent.Link;

namespace Vigie.Agent.Identity;

/// <summary>
/// Exchanges the agent's credential for a new one once a month, so that one that was copied unnoticed does not open the hub for ever. The
/// hub takes the old one until the new one was used, so nothing that fails on the way cuts the server off. Only credentials that stand in a
/// file which the agent may write, and that the hub has given to this server alone, are renewed.
/// </summary>
sealed class CredentialRenewal(Uri hub, string file, string? pin, TimeProvider time, AgentLog log)
{
    /// <summary>By the file's time of change.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(30);

    static readonly TimeSpan First = TimeSpan.FromMinutes(1), Between = TimeSpan.FromDays(1), Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the file holds a new credential; runs until then or until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var wait = First; ; wait = Between)
        {
            await Task.Delay(wait, time, ct);
            if (await TryRenewAsync(ct))
                return;
        }
    }

    /// <summary>True when the file holds a new credential; false when none is due, or none was to be had, which is told.</summary>
    public async Task<bool> TryRenewAsync(CancellationToken ct)
    {
        try
        {
            if (time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file) < Age)
                return false;
            // Opened before anything is asked: what can't be kept must not be handed out.
            await using var kept = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            var line = new byte[512];
            int length = await kept.ReadAsync(line, ct);
            int end = line.AsSpan(0, length).IndexOfAny((byte)'\n', (byte)'\r');
            string old = Encoding.ASCII.GetString(line, 0, end < 0 ? length : end);
            if (await Task.Run(() => Ask(old, ct), ct) is not { } renewed)
                return false;
            // Over the old one, which is as long: a file cut off halfway between empty and written would be worth nothing.
            kept.Position = 0;
            await kept.WriteAsync(Encoding.ASCII.GetBytes(renewed), ct);
            kept.Flush(flushToDisk: true);
            log(AgentLogLevel.Information, $"the hub has given this server a new credential; it stands in {file}");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log(AgentLogLevel.Warning, $"the credential in {file} is more than {Age.TotalDays:0} days old and could not be renewed: {e.Message}");
            return false;
        }
    }

    string? Ask(string old, CancellationToken ct)
    {
        using var http = new HubHttp(hub, old, Timeout, time, pin);
        var reply = http.Send(http.Post("/api/v1/token/renew"), default, ct);
        // A token that was made by hand speaks for many and is kept in other places; a hub of old knows no renewal.
        if (reply.Status is 409 or 404)
            return null;
        string answer = reply.Text.Trim();
        return reply.Status != 200 ? throw new IOException($"the hub answered {reply.Status} {reply.Reason}")
            : answer.Length == old.Length && answer.All(c => c is > ' ' and <= '~') ? answer
            : throw new IOException("the hub's answer is no credential");
    }
}
