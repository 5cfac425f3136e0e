using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>
/// Links in mails by which whoever holds one says that he knows of an incident, without a login. Signed with the hub's keys, good for one incident
/// and one purpose, and for a week. They lead to a page with a button: what only follows links, such as a scanner of mails, changes nothing.
/// </summary>
sealed class IncidentLinks
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    readonly HubOptions _options;
    readonly ITimeLimitedDataProtector _signer;

    public IncidentLinks(HubOptions options, DataFolder folder)
    {
        _options = options;
        _signer = DataProtectionProvider.Create(new DirectoryInfo(folder.Keys), setup => setup.SetApplicationName("vigie"))
            .CreateProtector("incident links").ToTimeLimitedDataProtector();
    }

    public string Of(Incident incident) => $"{_options.PublicUrl()}/incidents/link/"
        + _signer.Protect(incident.Id.ToString(CultureInfo.InvariantCulture), Lifetime);

    /// <summary>The incident that a link is about; null when it was not signed by this hub, or is too old.</summary>
    public long? Read(string token)
    {
        try
        {
            return long.TryParse(_signer.Unprotect(token), NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
