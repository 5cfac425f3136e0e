using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories;

sealed record FeedsOptions
{
    [Description("The French CERT (ANSSI): alerts and advisories.")]
    public CertFrOptions CertFr { get; init; } = new();
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
