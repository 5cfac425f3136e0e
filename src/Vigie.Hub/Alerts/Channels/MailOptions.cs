using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record MailOptions
{
    [Description("Name or address of the SMTP server.")]
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

    [Description("Sender of the mails.")]
    public string From { get; init; } = "Vigie <vigie@localhost>";

    [Description("Who gets the mails.")]
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Printing a record prints its members; a secret is none of them.</summary>
    public override string ToString() => $"{Host}:{Port} ({Security})";

    public string Secret() => PasswordFile.Length > 0 ? File.ReadLines(PasswordFile).FirstOrDefault("").Trim() : Password;
}
