using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Vigie.Agent.Inventory;

/// <summary>This host's network interfaces that have an address of their own.</summary>
static class Interfaces
{
    const int Most = 64;

    public static IReadOnlyList<InterfaceInfo> Read()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    // The ends of containers' cables come and go with each of them.
                    .Where(i => i.NetworkInterfaceType != NetworkInterfaceType.Loopback && !i.Name.StartsWith("veth", StringComparison.Ordinal))
                    .Select(i => new InterfaceInfo(i.Name, Mac(i.GetPhysicalAddress()), Addresses(i)))
                    .Where(i => i.Addresses.Count > 0)
                    .OrderBy(i => i.Name, StringComparer.Ordinal).Take(Most),
            ];
        }
        catch (NetworkInformationException)
        {
            return []; // a sandbox without netlink
        }
    }

    static string[] Addresses(NetworkInterface of) =>
    [
        .. of.GetIPProperties().UnicastAddresses
            .Where(a => !IPAddress.IsLoopback(a.Address))
            .Select(a => (Text: $"{Plain(a.Address)}/{a.PrefixLength}",
                Order: a.Address.IsIPv6LinkLocal ? 2 : a.Address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1))
            .OrderBy(a => a.Order).ThenBy(a => a.Text, StringComparer.Ordinal).Select(a => a.Text).Distinct(StringComparer.Ordinal).Take(Most),
    ];

    // without the number of the interface, which means nothing elsewhere
    static string Plain(IPAddress address) => address.ToString().Split('%')[0];

    static string Mac(PhysicalAddress address) => string.Join(':', address.GetAddressBytes().Select(b => b.ToString("x2")));
}
