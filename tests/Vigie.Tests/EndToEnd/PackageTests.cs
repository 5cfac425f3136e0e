using System.Diagnostics;
using System.IO.Compression;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>The query engine as a package: packed, installed from a folder into a project of its own, and run.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task A_project_elsewhere_can_use_the_query_engine()
    {
        using var folder = new TempFolder();
        foreach (string library in new[] { "Vigie.Core", "Vigie.PromQL" })
        {
            await RunAsync(folder.Path,
                "pack", Repository.Path($"src/{library}"), "--no-build", "-c", Configuration, "-o", folder["packages"]);
        }

        string package = Assert.Single(Directory.GetFiles(folder["packages"], "Vigie.PromQL.*.nupkg"));
        await using (var zip = await ZipFile.OpenReadAsync(package))
        {
            var names = zip.Entries.Select(e => e.FullName).ToList();
            Assert.Contains("README.md", names);
            Assert.Contains("lib/net10.0/Vigie.PromQL.xml", names);
        }

        string version = Path.GetFileNameWithoutExtension(package)["Vigie.PromQL.".Length..];
        await File.WriteAllTextAsync(folder["nuget.config"],
            """<configuration><packageSources><clear /><add key="here" value="packages" /></packageSources></configuration>""");
        await File.WriteAllTextAsync(folder["App.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <UseAppHost>false</UseAppHost>
                <RestorePackagesPath>restored</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Vigie.PromQL" Version="{version}" /></ItemGroup>
            </Project>
            """);
        string readme = await File.ReadAllTextAsync(Repository.Path("src/Vigie.PromQL/README.md"));
        string sample = readme.Split("```csharp\n")[1].Split("```")[0];
        await File.WriteAllTextAsync(folder["Program.cs"],
            $"using System;\nusing Vigie.Core.Metrics;\nusing Vigie.PromQL;\nusing Vigie.PromQL.Testing;\n{sample}");
        string printed = await RunAsync(folder.Path, "run", "--project", folder["App.csproj"]);
        Assert.True(printed.Trim() == "{host=\"web1\"} 2", printed);
    }

    /// <summary>As these tests are built, so that nothing is built again while they run.</summary>
    static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // no process stays behind
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {await output}{await error}");
        return await output;
    }
}
