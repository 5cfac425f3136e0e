using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories;

sealed record FeedsOptions
{
    [Description("The French CERT (ANSSI): alerts and advisories.")]
    public CertFrOptions CertFr { get; init; } = new();

    [Description("Debian's security tracker, by which hosts with Debian, Devuan and Raspberry Pi OS are judged.")]
    public DebianOptions Debian { get; init; } = new();

    [Description("Ubuntu's package data, by which hosts with Ubuntu, Linux Mint and Pop!_OS are judged.")]
    public UbuntuOptions Ubuntu { get; init; } = new();

    [Description("Alpine's secdb, by which hosts with Alpine are judged.")]
    public AlpineOptions Alpine { get; init; } = new();

    [Description("The OSV database, by which hosts with AlmaLinux, Rocky Linux and Red Hat are judged.")]
    public OsvOptions Osv { get; init; } = new();

    [Description("CISA's catalogue of exploited vulnerabilities.")]
    public KevOptions Kev { get; init; } = new();

    [Description("EPSS: how likely vulnerabilities are to be exploited.")]
    public EpssOptions Epss { get; init; } = new();
}

/// <summary>Of a feed by which findings are judged or weighed. Each is a record of its own, for its address is its default.</summary>
abstract record DataFeedOptions
{
    [Description("Whether it is fetched.")]
    public bool Enabled { get; init; } = true;

    [Description("Where it is fetched from; a mirror keeps the same paths.")]
    public abstract string BaseUrl { get; init; }

    [Description("How often it is fetched; what no host needs is never fetched."), Between("10min", "7d")]
    public virtual TimeSpan Every { get; init; } = TimeSpan.FromHours(6);
}

sealed record DebianOptions : DataFeedOptions
{
    public override string BaseUrl { get; init; } = "https://security-tracker.debian.org";
}

sealed record UbuntuOptions : DataFeedOptions
{
    public override string BaseUrl { get; init; } = "https://security-metadata.canonical.com";
}

sealed record AlpineOptions : DataFeedOptions
{
    public override string BaseUrl { get; init; } = "https://secdb.alpinelinux.org";
}

sealed record OsvOptions : DataFeedOptions
{
    public override string BaseUrl { get; init; } = "https://osv-vulnerabilities.storage.googleapis.com";
}

sealed record KevOptions : DataFeedOptions
{
    public override string BaseUrl { get; init; } = "https://www.cisa.gov";

    public override TimeSpan Every { get; init; } = TimeSpan.FromHours(12);
}

sealed record EpssOptions : DataFeedOptions
{
    public override string BaseUrl { get; init; } = "https://epss.empiricalsecurity.com";

    public override TimeSpan Every { get; init; } = TimeSpan.FromHours(24);
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
