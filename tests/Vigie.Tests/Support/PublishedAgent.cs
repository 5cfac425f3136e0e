using System.Runtime.InteropServices;

namespace Vigie.Tests.Support;

/// <summary>The agent that was compiled ahead of time, if it was.</summary>
static class PublishedAgent
{
    /// <summary>For machines of all kinds.</summary>
    public static IEnumerable<string> All => new[] { "x64", "arm64" }.Select(For).Where(File.Exists);

    /// <summary>The one that runs here; where there is none the test is skipped, and says so.</summary>
    public static string Need()
    {
        string own = For(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64");
        if (!File.Exists(own))
            Assert.Skip("NO AGENT: it is not published; packaging/build-agent.sh does it, and check.sh");
        return own;
    }

    static string For(string arch) => Repository.Path($"artifacts/publish/Vigie.Agent/release_linux-{arch}/vigie-agent");
}
