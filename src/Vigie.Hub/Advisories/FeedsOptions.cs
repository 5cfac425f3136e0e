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
}
