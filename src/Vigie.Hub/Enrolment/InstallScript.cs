using System.Text;
using Vigie.Agent.Checks;
using Vigie.Agent.Identity;

namespace Vigie.Hub.Enrolment;

/// <summary>The script that a new server runs, and the line that runs it.</summary>
static class InstallScript
{
    static readonly string Template = Read("install.sh")
        .Replace("@UNIT@", Read("vigie-agent.service").TrimEnd('\n'), StringComparison.Ordinal)
        .Replace("@CHECKS@", ExampleProbes.Checks.TrimEnd('\n'), StringComparison.Ordinal);

    /// <param name="hub">The hub's address as the new server reaches it, checked by <see cref="IsAddress"/>.</param>
    public static string For(string hub, AgentFiles agents) => new StringBuilder(Template)
        .Replace("@HUB@", hub)
        .Replace("@SHA256_X64@", agents.Sum(AgentFiles.Names[0]))
        .Replace("@SHA256_ARM64@", agents.Sum(AgentFiles.Names[1]))
        .ToString();

    /// <summary>What to paste on the new server.</summary>
    /// <param name="pin">The key that the hub shows, as <see cref="PinnedKey"/> has it; null for none.</param>
    public static string Line(string hub, string token, string? pin = null) => pin is null
        ? $"curl -fsSL {hub}/install | sudo sh -s -- --token {token}"
        : $"curl -fsSLk --pinnedpubkey sha256//{pin["sha256/".Length..]} {hub}/install | sudo sh -s -- --token {token} --pin {pin}";

    /// <summary>Whether it may stand in a script: an address without anything that a shell would read.</summary>
    public static bool IsAddress(string hub) => Uri.TryCreate(hub, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && hub.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '/' or '.' or '-' or '_' or '[' or ']');

    static string Read(string name)
    {
        using var stream = typeof(InstallScript).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
