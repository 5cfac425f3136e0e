using System.Text.Json;
using System.Xml.Linq;
using Microsoft.Data.Sqlite;
using Vigie.Hub.Configuration;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Commands;

public sealed class CommandTests
{
    static readonly string[] NeedsData = ["hosts", "alerts", "check", "collect", "clean", "verify", "backup", "export", "token list",
        "user list", "test-mail", "channel list", "channel log", "channel test x", "explain", "graph h cpu -o x.svg", "advisories list"];

    [Fact]
    public async Task Init_makes_the_files_of_the_mission_and_never_touches_them_again()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        foreach (string name in new[] { "config.json", "template.txt", "monitoring.db", "probes.d/users.sh" })
            Assert.True(File.Exists(folder[name]), name);
        await File.AppendAllTextAsync(folder["config.json"], "// mine\n", TestContext.Current.CancellationToken);
        File.Delete(folder["probes.d/users.sh"]);
        Assert.Contains("nothing was changed", await Cli.OkAsync(folder.Path, "init"), StringComparison.Ordinal);
        Assert.EndsWith("// mine\n", await File.ReadAllTextAsync(folder["config.json"], TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.False(File.Exists(folder["probes.d/users.sh"]));
    }

    [Fact]
    public async Task Collect_measures_backs_up_and_checks_and_its_charts_come_back_after_a_restore()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        await Cli.OkAsync(folder.Path, "collect");
        using var first = JsonDocument.Parse(await Cli.OkAsync(folder.Path, "collect", "--json"));
        Assert.True(first.RootElement.GetProperty("samples").GetInt32() > 30);
        Assert.True(File.Exists(folder["monitoring_backup.db"]));

        using var hosts = JsonDocument.Parse(await Cli.OkAsync(folder.Path, "hosts", "--json"));
        string host = Assert.Single(hosts.RootElement.EnumerateArray()).GetProperty("name").GetString()!;
        await Cli.OkAsync(folder.Path, "graph", host, "memory", "-o", folder["before.svg"], "--range", "15min");
        string before = Shapes(folder["before.svg"]);
        Assert.NotEqual("", before);

        await Cli.OkAsync(folder.Path, "backup");
        foreach (string file in Directory.GetFiles(folder.Path, "monitoring.db*"))
            File.Delete(file);
        Assert.Contains("Restored", await Cli.OkAsync(folder.Path, "restore"), StringComparison.Ordinal);
        Assert.Contains("Sound", await Cli.OkAsync(folder.Path, "verify"), StringComparison.Ordinal);
        await Cli.OkAsync(folder.Path, "graph", host, "memory", "-o", folder["after.svg"], "--range", "15min");
        Assert.Equal(Legend(folder["before.svg"]), Legend(folder["after.svg"]));
        await Cli.OkAsync(folder.Path, "graph", host, "cpu", "-o", folder["cpu.png"], "--theme", "dark");
        Assert.Equal((byte)'P', (await File.ReadAllBytesAsync(folder["cpu.png"], TestContext.Current.CancellationToken))[1]);
    }

    static string Shapes(string svg) =>
        string.Concat(XDocument.Load(svg)
            .Descendants()
            .Where(e => e.Attribute("class")?.Value.StartsWith("area", StringComparison.Ordinal) == true)
            .Select(e => e.Attribute("d")!.Value));

    static string Legend(string svg) =>
        string.Join('|', XDocument.Load(svg).Descendants().Where(e => e.Name.LocalName == "tspan").Select(e => e.Value));

    [Fact]
    public async Task Restore_refuses_a_damaged_or_foreign_file_and_leaves_the_database_as_it_is()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        await Cli.OkAsync(folder.Path, "collect");
        byte[] before = await File.ReadAllBytesAsync(folder["monitoring.db"], TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(folder["text.db"], "not a database, but long enough to be looked at",
            TestContext.Current.CancellationToken);
        byte[] damaged = await File.ReadAllBytesAsync(folder["monitoring_backup.db"], TestContext.Current.CancellationToken);
        damaged.AsSpan(damaged.Length / 2, 3000).Fill(0x5a);
        await File.WriteAllBytesAsync(folder["damaged.db"], damaged, TestContext.Current.CancellationToken);
        await using (var foreign = new SqliteConnection($"Data Source={folder["foreign.db"]};Pooling=false"))
        {
            foreign.Open();
            await using var make = foreign.CreateCommand();
            make.CommandText = "CREATE TABLE mine(x)";
            make.ExecuteNonQuery();
        }
        foreach (string name in new[] { "text.db", "damaged.db", "foreign.db", "missing.db" })
            await Cli.FailsAsync(folder.Path, name, "restore", folder[name]);
        Assert.Equal(before, await File.ReadAllBytesAsync(folder["monitoring.db"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Restore_waits_until_no_hub_runs()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        await Cli.OkAsync(folder.Path, "backup");
        using (new DataFolder(folder.Path).TryLock())
            await Cli.FailsAsync(folder.Path, "a hub runs", "restore");
        await Cli.OkAsync(folder.Path, "restore");
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_revoked()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        string token = await Cli.OkAsync(folder.Path, "token", "create", "--name", "web1", "--scope", "write");
        Assert.Matches(@"\Avigie_[A-Za-z0-9_-]{43}\n\z", token);
        await Cli.FailsAsync(folder.Path, "already", "token", "create", "--name", "web1");
        string list = await Cli.OkAsync(folder.Path, "token", "list");
        Assert.Contains("web1", list, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Trim(), list, StringComparison.Ordinal);
        await Cli.OkAsync(folder.Path, "token", "revoke", "web1");
        await Cli.FailsAsync(folder.Path, "no token named", "token", "revoke", "web1");
    }

    [Fact]
    public async Task Clean_deletes_what_is_older()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        await Cli.OkAsync(folder.Path, "collect");
        Assert.StartsWith("0 samples older than 7d", await Cli.OkAsync(folder.Path, "clean"), StringComparison.Ordinal);
        using var cleaned = JsonDocument.Parse(await Cli.OkAsync(folder.Path, "clean", "--older-than", "0s", "--json"));
        Assert.True(cleaned.RootElement.GetProperty("deleted").GetInt64() > 30);
        await Cli.FailsAsync(folder.Path, "write an age", "clean", "--older-than", "soon");
    }

    [Fact]
    public async Task A_broken_config_or_template_is_refused_with_its_place()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        Assert.Contains("are valid", await Cli.OkAsync(folder.Path, "config", "check"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["config.json"],
            "{\n  \"Mail\": { \"Prot\": 25 },\n  \"Alerts\": { \"Every\": \"soon\", \"CpuPercent\": 900 }\n}",
            TestContext.Current.CancellationToken);
        var broken = await Cli.RunAsync(folder.Path, "config", "check");
        Assert.Equal(2, broken.Code);
        Assert.Contains("line 2: Mail:Prot is no setting; did you mean Mail:Port?", broken.Error, StringComparison.Ordinal);
        Assert.Contains("line 3: Alerts:Every is \"soon\"", broken.Error, StringComparison.Ordinal);
        Assert.Contains("Alerts:CpuPercent is \"900\"; it must be between 1 and 100", broken.Error, StringComparison.Ordinal);
        await Cli.FailsAsync(folder.Path, "did you mean", "hub");
        await File.WriteAllTextAsync(folder["config.json"], "{}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["template.txt"], "--- subject\n{% if %}\n--- text\n--- html\n",
            TestContext.Current.CancellationToken);
        await Cli.FailsAsync(folder.Path, "template.txt, line 2", "hub");
    }

    [Fact]
    public async Task Without_an_installation_each_command_says_what_to_do()
    {
        using var folder = new TempFolder();
        foreach (string command in NeedsData)
        {
            var result = await Cli.RunAsync(folder["nothing"], command.Split(' '));
            Assert.NotEqual(0, result.Code);
            Assert.Contains("vigie init", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Test_mail_goes_out_or_says_why_not()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        await Cli.FailsAsync(folder.Path, "set Mail:Host and Mail:To", "test-mail");
        using var smtp = SmtpServer.Start();
        await File.WriteAllTextAsync(folder["config.json"],
            $$"""{ "Mail": { "Host": "127.0.0.1", "Port": {{smtp.Port}}, "Security": "none", "To": ["a@example.org"] } }""",
            TestContext.Current.CancellationToken);
        Assert.StartsWith("Sent to a@example.org", await Cli.OkAsync(folder.Path, "test-mail"), StringComparison.Ordinal);
        Assert.StartsWith("[TEST]", Assert.Single(smtp.Mails()).Subject!, StringComparison.Ordinal);
        smtp.Answer("554 5.7.1 no");
        await Cli.FailsAsync(folder.Path, "554", "test-mail");
    }

    /// <summary>The help texts, as people read them. VIGIE_UPDATE_GOLDEN=1 writes them anew.</summary>
    [Fact]
    public async Task Help_texts_are_as_agreed()
    {
        var all = new StringWriter();
        async Task HelpAsync(params string[] args)
        {
            var output = new StringWriter();
            await Vigie.Hub.Commands.HubProgram.Root().Parse([.. args, "--help"]).InvokeAsync(new() { Output = output });
            all.WriteLine($"$ vigie {string.Join(' ', args)} --help");
            all.WriteLine(output.ToString()
                .Replace("testhost", "vigie", StringComparison.Ordinal)
                .Replace("Vigie.Tests", "vigie", StringComparison.Ordinal)
                .Trim());
            all.WriteLine();
        }
        await HelpAsync();
        foreach (var command in Vigie.Hub.Commands.HubProgram.Root().Subcommands)
        {
            if (command.Name != "agent")
                await HelpAsync(command.Name);
            foreach (var inner in command.Subcommands)
                await HelpAsync(command.Name, inner.Name);
        }
        string golden = Repository.Path("tests/Vigie.Tests/Cases/Commands/help.txt");
        if (Environment.GetEnvironmentVariable("VIGIE_UPDATE_GOLDEN") is not null)
            await File.WriteAllTextAsync(golden, all.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), all.ToString());
    }
}
