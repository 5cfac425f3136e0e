using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vigie.Agent.Reading;
using Vigie.Core.Otlp;

namespace Vigie.Agent;

/// <summary>Who sends: the resource of OpenTelemetry's conventions. What this host doesn't tell is left out.</summary>
static class HostIdentity
{
    public static IReadOnlyList<ResourceAttribute> Read(AgentOptions options, HostRoot root)
    {
        var os = OsRelease.Read(root);
        var attributes = new List<ResourceAttribute>
        {
            new("service.name", "vigie-agent"),
            new("service.version", AgentVersion.Text),
            new("host.name", Name(options, root)),
            new("host.arch", Architecture(RuntimeInformation.OSArchitecture)),
            new("os.type", "linux"),
            new("vigie.agent.interval", options.Interval.TotalSeconds),
        };
        AddText("host.id", root.ReadLine("/etc/machine-id"));
        AddText("os.name", os.GetValueOrDefault("NAME", ""));
        AddText("os.version", os.GetValueOrDefault("VERSION_ID", ""));
        AddText("os.description", os.GetValueOrDefault("PRETTY_NAME", ""));
        if (Addresses() is { Length: > 0 } addresses)
            attributes.Add(new("host.ip", addresses));
        return attributes;

        void AddText(string key, string value)
        {
            if (value.Length > 0)
                attributes.Add(new(key, value));
        }
    }

    /// <summary>When the kernel's counters began, Unix nanoseconds; 0 when it doesn't tell.</summary>
    public static ulong BootUnixNano(HostRoot root)
    {
        var stat = root.ReadText("/proc/stat").Split('\n').FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return stat is not null && uint.TryParse(stat.AsSpan(6), out uint seconds) ? seconds * 1_000_000_000UL : 0;
    }

    /// <summary>The name under which this host appears.</summary>
    public static string Name(AgentOptions options, HostRoot root) => options.HostName ?? ReadHostName(root);

    static string ReadHostName(HostRoot root) =>
        root.ReadLine("/proc/sys/kernel/hostname") is { Length: > 0 } kernel ? kernel
        : root.ReadLine("/etc/hostname") is { Length: > 0 } file ? file
        : Environment.MachineName;

    internal static string Architecture(Architecture architecture) => architecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "x86",
        System.Runtime.InteropServices.Architecture.Arm => "arm32",
        _ => architecture.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    static string[] Addresses()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(i => i.OperationalStatus != OperationalStatus.Down && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .Where(i => !i.Name.StartsWith("veth", StringComparison.Ordinal))
                    .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(a => a.Address))
                    .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
                    .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                    .Select(a => a.ToString()).Distinct(StringComparer.Ordinal),
            ];
        }
        catch (NetworkInformationException)
        {
            return []; // a sandbox without netlink
        }
    }
}
