using System.Net;
using System.Net.Sockets;

namespace Vigie.Agent.Exposition;

/// <summary>Where the agent may be asked for its metrics: on this host alone, by a loopback address or a socket in the file system.</summary>
static class MetricsAddress
{
    const string Unix = "unix:";

    /// <summary><c>127.0.0.1:9100</c>, <c>[::1]:9100</c>, <c>localhost:9100</c> or <c>unix:/run/vigie/metrics.sock</c>.</summary>
    /// <returns>Null when it is none of these; <paramref name="error"/> says why and what to do.</returns>
    public static EndPoint? Parse(string text, out string error)
    {
        error = "";
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            string path = text[Unix.Length..];
            if (Path.IsPathRooted(path) && path.Length < 100) // the kernel takes 107 bytes
                return new UnixDomainSocketEndPoint(path);
            error = $"\"{path}\" is no whole path of less than 100 characters; give one like unix:/run/vigie-agent/metrics.sock";
            return null;
        }
        string numbers = text.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + text["localhost".Length..] : text;
        if (!IPEndPoint.TryParse(numbers, out var address) || address.Port == 0)
            error = $"\"{text}\" is no address with a port; give 127.0.0.1:9100 or unix:/run/vigie-agent/metrics.sock";
        else if (!IPAddress.IsLoopback(address.Address))
            error = $"{text} can be reached from other machines, and the agent listens to none; give 127.0.0.1:{address.Port}, "
                + "and let a proxy with a login hand it on";
        else
            return address;
        return null;
    }
}
