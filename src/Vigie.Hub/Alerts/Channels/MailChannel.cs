using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MimeKit.Utils;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>Mail by SMTP.</summary>
sealed class MailChannel(HubOptions options, TimeProvider time) : IChannel
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly MailOptions _mail = options.Mail;

    public string Name => "mail";

    public bool IsConfigured => _mail.Host.Length > 0 && _mail.To.Count > 0;

    public async Task<Delivery> SendAsync(Message message, CancellationToken ct)
    {
        using var mail = Compose(message);
        using var client = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await client.ConnectAsync(_mail.Host, _mail.Port, SocketOptions(), patience.Token);
            if (_mail.User.Length > 0)
                await client.AuthenticateAsync(_mail.User, _mail.Secret(), patience.Token);
            await client.SendAsync(mail, patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Delivery.Retry($"{_mail} did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (SmtpCommandException e)
        {
            string reason = $"{_mail} answered {(int)e.StatusCode}: {e.Message}";
            return (int)e.StatusCode is >= 400 and < 500 ? Delivery.Retry(reason) : Delivery.Refused(reason);
        }
        catch (AuthenticationException)
        {
            // A password that is mended later makes the mail go: nothing is lost by waiting.
            return Delivery.Retry($"{_mail} does not accept the login of {_mail.User}; check Mail:User and Mail:PasswordFile");
        }
        catch (Exception e)
            when (e is SocketException or IOException or ProtocolException or SslHandshakeException or NotSupportedException
                or UnauthorizedAccessException)
        {
            return Delivery.Retry($"{_mail} can't be reached: {e.Message.Split('\n')[0].Trim()}");
        }
        try
        {
            await client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException or OperationCanceledException)
        {
            // The server has taken the mail; how it says goodbye does not matter.
        }
        return Delivery.Sent;
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
