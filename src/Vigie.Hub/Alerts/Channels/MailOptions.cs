using System.ComponentModel;
using MimeKit;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record MailOptions : ChannelOptions
{
    /// <summary>A mail server may be away over a long weekend's night.</summary>
    public MailOptions() => Deadline = TimeSpan.FromDays(3);

    [Description("Name or address of the SMTP server."), Required]
    public string Host { get; init; } = "";

    [Description("Its port: 25, 587 for STARTTLS, 465 for TLS."), Between("1", "65535")]
    public int Port { get; init; } = 25;

    [Description("auto (STARTTLS when the server offers it), starttls, tls or none."), OneOf("auto", "starttls", "tls", "none")]
    public string Security { get; init; } = "auto";

    [Description("User of the SMTP server; empty means no login.")]
    public string User { get; init; } = "";

    [Description("Password of that user. Better in a file of its own: PasswordFile."), Secret]
    public string Password { get; init; } = "";

    [Description("File that holds the password in its first line.")]
    public string PasswordFile { get; init; } = "";

    [Description("OAuth token of that user, instead of a password. Better in a file that is made anew in time: OAuthTokenFile."), Secret]
    public string OAuthToken { get; init; } = "";

    [Description("File that holds the OAuth token in its first line; it is read before each mail.")]
    public string OAuthTokenFile { get; init; } = "";

    [Description("Sender of the mails.")]
    public string From { get; init; } = "Vigie <vigie@localhost>";

    [Description("Who gets the mails."), Required]
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>How reasons name the server.</summary>
    public string Server => $"{Host}:{Port} ({Security})";

    public override IEnumerable<string> Errors()
    {
        foreach (string address in To.Append(From).Where(a => !MailboxAddress.TryParse(a, out _)))
            yield return $" \"{address}\" is no mail address; write name@example.org";
        if ((Password.Length > 0 || PasswordFile.Length > 0) && (OAuthToken.Length > 0 || OAuthTokenFile.Length > 0))
            yield return "Password and OAuthToken are both set; keep one of them";
    }
}
