using System.Diagnostics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Heartbeats;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary><c>vigie agent ran</c> as cron would call it.</summary>
public sealed class RanTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string? hub, string? token, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "vigie.dll"), "agent", "ran", .. args])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VIGIE_HUB"] = hub ?? "";
        start.Environment["VIGIE_TOKEN"] = token ?? "";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync("from the input");
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(Ct), errors = await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, output, errors);
    }

    [Fact]
    public async Task The_command_runs_as_it_is_and_the_hub_hears_how_it_went()
    {
        await using var hub = await TestHub.StartAsync();
        string token = await hub.TokenAsync(TokenScope.Write);
        var ran = await RunAsync(hub.Address.ToString(), token, "backup", "--every", "1d", "--name", "web1", "--", "sh", "-c", "cat; echo bad >&2; exit 7");
        Assert.Equal((7, "from the input\n", "bad\n"), (ran.ExitCode, ran.Output, ran.Errors));
        var job = Assert.Single(hub.Get<HeartbeatStore>().All());
        Assert.Equal(("web1", "backup", 7L, 86400d, true), (job.Host, job.Job, job.ExitCode!.Value, job.EverySeconds!.Value, job.StartMs <= job.EndMs));

        ran = await RunAsync(hub.Address.ToString(), token, "backup", "--name=web1", "--", "true");
        Assert.Equal((0, "", ""), (ran.ExitCode, ran.Output, ran.Errors));
        Assert.False(Assert.Single(hub.Get<HeartbeatStore>().All()).HasFailed);

        ran = await RunAsync(hub.Address.ToString(), token, "backup", "--name=web1", "--", "/nonexistent/backup");
        Assert.Equal(127, ran.ExitCode);
        Assert.Contains("/nonexistent/backup could not be started", Assert.Single(hub.Get<HeartbeatStore>().All()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_hub_the_command_runs_all_the_same()
    {
        var ran = await RunAsync(null, null, "backup", "--", "sh", "-c", "echo done; exit 3");
        Assert.Equal((3, "done\n"), (ran.ExitCode, ran.Output));
        Assert.Contains("--hub is missing", ran.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(null, null, "--every", "soon")).ExitCode);
    }
}
