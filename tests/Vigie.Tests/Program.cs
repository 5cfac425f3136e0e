using Vigie.Tests.Faults;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Vigie.Tests;

/// <summary>Runs the tests; or, called by one of them, what that one wants to kill.</summary>
static class Program
{
    static Task<int> Main(string[] args) => args switch
    {
        [StoreProcess.Word, var folder, var first] => StoreProcess.MainAsync(folder, int.Parse(first)),
        _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
            TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => ConsoleRunner.Run(args),
    };
}
