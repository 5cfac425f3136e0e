using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MimeKit.Utils;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>Mail by SMTP.</summary>
[ChannelKind("mail", "Mail by SMTP. The section Mail is the channel \"mail\"; more of them stand here.")]
sealed class MailChannel(MailOptions options, TimeProvider time) : IChannel
{
    readonly MailOptions _mail = options;

    public string Target => _mail.Server;

    public async Task<Delivery> SendAsync(Message message, CancellationToken ct)
    {
        using var mail = Compose(message);
        using var client = new SmtpClient { Timeout = (int)_mail.Timeout.TotalMilliseconds };
        string reply;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_mail.Timeout);
        try
        {
            await client.ConnectAsync(_mail.Host, _mail.Port, SocketOptions(), patience.Token);
            await LogInAsync(client, patience.Token);
            reply = await client.SendAsync(mail, patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Delivery.Retry($"{_mail.Server} did not answer within {_mail.Timeout.TotalSeconds:0.#} s");
        }
        catch (SmtpCommandException e)
        {
            string reason = $"{_mail.Server} answered {(int)e.StatusCode}: {e.Message}";
            return (int)e.StatusCode is >= 400 and < 500 ? Delivery.Retry(reason) : Delivery.Refused(reason);
        }
        catch (AuthenticationException)
        {
            // A password that is mended later makes the mail go: nothing is lost by waiting.
            return Delivery.Retry($"{_mail.Server} does not accept the login of {_mail.User}; check User and its password or token");
        }
        catch (Exception e)
            when (e is SocketException or IOException or ProtocolException or SslHandshakeException or NotSupportedException
                or UnauthorizedAccessException or ServiceNotAuthenticatedException)
        {
            return Delivery.Retry($"{_mail.Server} can't be reached: {e.Message.Split('\n')[0].Trim()}");
        }
        try
        {
            await client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException or OperationCanceledException)
        {
            // The server has taken the mail; how it says goodbye does not matter.
        }
        return Delivery.Taken(ChatText.Line(reply, 200));
    }

    async Task LogInAsync(SmtpClient client, CancellationToken ct)
    {
        if (_mail.OAuthToken.Length > 0 || _mail.OAuthTokenFile.Length > 0)
        {
            string token = SecretText.Of(_mail.OAuthToken, _mail.OAuthTokenFile);
            // the older of the two only where the newer, which is a standard, is not spoken
            await client.AuthenticateAsync(client.AuthenticationMechanisms.Contains("OAUTHBEARER")
                ? new SaslMechanismOAuthBearer(_mail.User, token)
                : new SaslMechanismOAuth2(_mail.User, token), ct);
        }
        else if (_mail.User.Length > 0)
            await client.AuthenticateAsync(_mail.User, SecretText.Of(_mail.Password, _mail.PasswordFile), ct);
    }

    SecureSocketOptions SocketOptions() => _mail.Security switch
    {
        "none" => SecureSocketOptions.None,
        "tls" => SecureSocketOptions.SslOnConnect,
        "starttls" => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.StartTlsWhenAvailable,
    };

    internal MimeMessage Compose(Message message)
    {
        var mail = new MimeMessage { Subject = message.Subject, MessageId = message.MessageId, Date = time.GetUtcNow() };
        mail.From.Add(MailboxAddress.Parse(_mail.From));
        mail.To.AddRange(_mail.To.Select(MailboxAddress.Parse));
        mail.Headers.Add("Auto-Submitted", "auto-generated"); // vacation responders stay quiet
        if (message.ThreadId is { } thread && thread != message.MessageId)
        {
            mail.InReplyTo = thread;
            mail.References.Add(thread);
        }
        var body = new BodyBuilder { TextBody = message.Text };
        string html = message.Html;
        if (message.Picture is { } picture)
        {
            var image = body.LinkedResources.Add(message.PictureName, picture, new ContentType("image", "png"));
            image.ContentId = MimeUtils.GenerateMessageId("vigie");
            html = html.Replace("cid:chart", "cid:" + image.ContentId, StringComparison.Ordinal);
        }
        body.HtmlBody = html;
        mail.Body = body.ToMessageBody();
        return mail;
    }
}
