using System.Diagnostics;
using System.Net;
using System.Text;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>The real program in a process of its own, from an empty folder.</summary>
public sealed class UpTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["VIGIE_Feeds__CertFr__Enabled"] = "false"; // no test asks the network
        foreach (string arg in args.Prepend(Path.Combine(AppContext.BaseDirectory, "vigie.dll")))
            start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    static async Task<(string Link, Uri Url)> ReadyAsync(Process process)
    {
        string link = "";
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            if (line.StartsWith("Log in", StringComparison.Ordinal))
                link = line[line.IndexOf("http", StringComparison.Ordinal)..];
            if (line.StartsWith("ready ", StringComparison.Ordinal))
                return (link, new(line["ready ".Length..]));
        }
        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task Up_shows_this_machines_charts_and_a_second_host_reports_by_token()
    {
        using var folder = new TempFolder();
        using var up = Start("up", "--data", folder.Path, "--urls", "http://127.0.0.1:0");
        try
        {
            var (link, url) = await ReadyAsync(up);
            using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = url };
            Assert.Equal("ready", await client.GetStringAsync("/healthz", Ct));
            string page = await client.GetStringAsync(link, Ct);
            while (!page.Contains("data-host=", StringComparison.Ordinal))
                page = await client.GetStringAsync("/", Ct);
            string host = page.Split("data-host=\"")[1].Split('"')[0];
            string charts = await client.GetStringAsync($"/hosts/{host}", Ct);
            Assert.Contains("class=\"area s0\"", charts, StringComparison.Ordinal);
            Assert.Contains("used", charts, StringComparison.Ordinal);

            string token = (await Cli.OkAsync(folder.Path, "token", "create", "--name", "web2", "--scope", "write")).Trim();
            await File.WriteAllTextAsync(folder["token"], token + "\n", Ct);
            using var agent = Start("agent", "--hub", url.ToString(), "--token-file", folder["token"], "--name", "web2", "--once");
            await agent.WaitForExitAsync(Ct);
            Assert.True(agent.ExitCode == 0, await agent.StandardError.ReadToEndAsync(Ct));
            Assert.Contains("data-host=\"web2\"", await client.GetStringAsync("/", Ct), StringComparison.Ordinal);

            using var second = Start("up", "--data", folder.Path, "--urls", "http://127.0.0.1:0");
            await second.WaitForExitAsync(Ct);
            Assert.Equal(1, second.ExitCode);
            Assert.Contains("another hub runs", await second.StandardError.ReadToEndAsync(Ct), StringComparison.Ordinal);
        }
        finally
        {
            using var stop = Process.Start("kill", ["-TERM", $"{up.Id}"]);
            await up.WaitForExitAsync(Ct);
        }
        Assert.Equal(0, up.ExitCode);
        Assert.Contains("Sound", await Cli.OkAsync(folder.Path, "verify"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_on_another_address_asks_for_a_user()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        using var hub = Start("hub", "--data", folder.Path, "--urls", "http://0.0.0.0:0");
        try
        {
            var told = new StringBuilder(); // the log's lines may come between
            while (await hub.StandardOutput.ReadLineAsync(Ct) is { } line && !line.StartsWith("ready ", StringComparison.Ordinal))
                told.AppendLine(line);
            Assert.Contains("vigie user add", told.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            hub.Kill();
        }
    }
}
