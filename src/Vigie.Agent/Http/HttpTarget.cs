namespace Vigie.Agent.Http;

/// <summary>A server that is asked over HTTP: where it listens, and how it is called in requests.</summary>
/// <param name="Host">Name or address without brackets; a name in its ASCII form.</param>
/// <param name="Authority">As in the header Host: without the port when it is the usual one.</param>
sealed record HttpTarget(string Host, int Port, bool IsTls, string Authority)
{
    /// <exception cref="ArgumentException">The address is not one of http or https.</exception>
    public static HttpTarget Of(Uri address)
    {
        if (address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"{address}: an address of http or https was expected", nameof(address));
        string name = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost;
        return new(address.IdnHost, address.Port, address.Scheme == "https", address.IsDefaultPort ? name : $"{name}:{address.Port}");
    }
}
