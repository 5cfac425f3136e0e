using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories;

sealed record FeedsOptions
{
    [Description("The French CERT (ANSSI): alerts and advisories.")]
    public CertFrOptions CertFr { get; init; } = new();

    [Description("Debian's security tracker, by which hosts with Debian, Devuan and Raspberry Pi OS are judged.")]
    public DataFeedOptions Debian { get; init; } = new() { BaseUrl = "https://security-tracker.debian.org" };

    [Description("Ubuntu's package data, by which hosts with Ubuntu, Linux Mint and Pop!_OS are judged.")]
    public DataFeedOptions Ubuntu { get; init; } = new() { BaseUrl = "https://security-metadata.canonical.com" };

    [Description("Alpine's secdb, by which hosts with Alpine are judged.")]
    public DataFeedOptions Alpine { get; init; } = new() { BaseUrl = "https://secdb.alpinelinux.org" };

    [Description("The OSV database, by which hosts with AlmaLinux, Rocky Linux and Red Hat are judged.")]
    public DataFeedOptions Osv { get; init; } = new() { BaseUrl = "https://osv-vulnerabilities.storage.googleapis.com" };

    [Description("CISA's catalogue of exploited vulnerabilities.")]
    public DataFeedOptions Kev { get; init; } = new() { BaseUrl = "https://www.cisa.gov", Every = TimeSpan.FromHours(12) };

    [Description("EPSS: how likely vulnerabilities are to be exploited.")]
    public DataFeedOptions Epss { get; init; } = new() { BaseUrl = "https://epss.empiricalsecurity.com", Every = TimeSpan.FromHours(24) };
}

/// <summary>Of a feed by which findings are judged or weighed.</summary>
sealed record DataFeedOptions
{
    [Description("Whether it is fetched.")]
    public bool Enabled { get; init; } = true;

    [Description("Where it is fetched from; a mirror keeps the same paths.")]
    public string BaseUrl { get; init; } = "";

    [Description("How often it is fetched; what no host needs is never fetched."), Between("10min", "7d")]
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(6);
}

sealed record CertFrOptions
{
    [Description("Whether it is fetched.")]
    public bool Enabled { get; init; } = true;

    [Description("Where it is fetched from; a mirror keeps the same paths.")]
    public string BaseUrl { get; init; } = "https://www.cert.ssi.gouv.fr";

    [Description("How often it is fetched."), Between("10min", "7d")]
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(1);

    [Description("How many advisories the first fetch brings, newest first; the alerts of the last 24 months come in any case."),
        Between("0", "20000")]
    public int FirstFill { get; init; } = 200;

    [Description("Pause between two documents, to be a good guest."), Between("0s", "1min")]
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);
}
