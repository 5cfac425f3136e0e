using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>What every channel can be told. A kind's own settings stand beside the channel, in a record that adds to this one.</summary>
abstract record ChannelOptions
{
    [Description("Language of its messages, en or fr; empty means Server:Language."), OneOf("", "en", "fr")]
    public string Language { get; init; } = "";

    [Description("How long the other side may take to answer."), Between("1s", "5min")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    [Description("How long a message is tried again; then it is given up, and the page of deliveries says so."), Between("1min", "30d")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(1);

    [Description("The channel that tells instead when this one can't; empty means none.")]
    public string Fallback { get; init; } = "";

    [Description("How long a message waits before Fallback tells it too. What is refused goes there at once."), Between("0s", "7d")]
    public TimeSpan FallbackAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What is wrong with these settings together: the setting's name, what it is and the remedy. No secret.</summary>
    public virtual IEnumerable<string> Errors() => [];

    /// <summary>Printing a record prints its members; some are secrets.</summary>
    public sealed override string ToString() => GetType().Name;

    protected static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}

/// <summary>A channel whose whole secret is an address to post to.</summary>
abstract record SecretUrlOptions : ChannelOptions
{
    [Description("The address to post to, which is a secret. Better in a file of its own: UrlFile."), Secret, Required]
    public string Url { get; init; } = "";

    [Description("File that holds the address in its first line.")]
    public string UrlFile { get; init; } = "";

    public override IEnumerable<string> Errors() =>
        Url.Length > 0 && !IsHttp(Url) ? ["Url is no address; write the https://… that the service has given you"] : [];
}

/// <summary>A setting and its twin of which one holds the secret. A file is read each time, so that a mended one counts at once.</summary>
static class SecretText
{
    /// <exception cref="IOException">The file can't be read; the message names it.</exception>
    public static string Of(string value, string file) => file.Length > 0 ? File.ReadLines(file).FirstOrDefault("").Trim() : value;

    /// <exception cref="FormatException">It is no address; the message does not quote it.</exception>
    public static Uri Url(string value, string file) =>
        Uri.TryCreate(Of(value, file), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
            : throw new FormatException(file.Length > 0 ? $"{file} holds no address in its first line" : "Url is no address");

    /// <summary>The host of an address, which is all that may be shown of it.</summary>
    public static string Host(string value, string file)
    {
        try
        {
            return Url(value, file).Authority;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return "?";
        }
    }
}
