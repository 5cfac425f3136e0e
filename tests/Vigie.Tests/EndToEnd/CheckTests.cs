using System.Net;
using Vigie.Agent;
using Vigie.Agent.Link;
using Vigie.Agent.Snapshots;
using Vigie.Hub;
using Vigie.Hub.Accounts;
using Vigie.Hub.Alerts;
using Vigie.PromQL;
using Vigie.PromQL.Ast;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>Real plugins of Nagios, run by a real agent that reports to a real hub.</summary>
public sealed class CheckTests : IDisposable
{
    const string Plugins = "/usr/lib/nagios/plugins";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly TempFolder _folder = new();
    readonly List<string> _log = [];

    async Task RunAsync(TestHub hub, params string[] lines)
    {
        await File.WriteAllLinesAsync(_folder["checks.conf"], lines, Ct);
        string token = await hub.TokenAsync(TokenScope.Write);
        var timeout = TimeSpan.FromSeconds(30);
        using var exporter = new HttpExporter(hub.Address, token, timeout, TimeProvider.System);
        var snapshots = new HttpSnapshotSink(hub.Address, token, timeout, TimeProvider.System);
        var agent = new AgentHost(new() { HostName = "web1", ChecksFile = _folder["checks.conf"], DisabledProbes = ["textfile"] }, exporter,
            (_, message) => _log.Add(message), TimeProvider.System, snapshots);
        Assert.Equal(ExportOutcome.Ok, await agent.RunOnceAsync(Ct));
    }

    static async Task<IReadOnlyDictionary<string, double>> ValuesAsync(TestHub hub, string query) =>
        (await hub.Get<QueryEngine>().InstantAsync(Expr.Parse(query), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Ct)).Series()
            .ToDictionary(s => $"{s.Labels["check"]} {s.Labels["label"]}".Trim(), s => s.Values.Span[^1], StringComparer.Ordinal);

    [Fact]
    public async Task The_plugins_of_debian_give_their_numbers_as_metrics_and_their_states_as_alerts()
    {
        Assert.SkipUnless(Directory.Exists(Plugins), $"{Plugins} is missing; check.sh installs it (Debian package monitoring-plugins-basic)");
        await using var hub = await TestHub.StartAsync();
        await RunAsync(hub,
            $"load nagios {Plugins}/check_load -w 1000,1000,1000 -c 2000,2000,2000",
            $"disk nagios {Plugins}/check_disk -w 0% -c 0% -p /",
            $"users nagios {Plugins}/check_users -w 1000 -c 2000",
            $"procs nagios {Plugins}/check_procs -w 0 -c 0",
            $"http nagios {Plugins}/check_http -H 127.0.0.1 -p {hub.Address.Port} -u /healthz -s ready",
            $"closed nagios {Plugins}/check_http -H 127.0.0.1 -p 1",
            "missing nagios /nonexistent/check_it");

        var states = await ValuesAsync(hub, "vigie_check_status");
        Assert.Equal([("closed", 2), ("disk", 0), ("http", 0), ("load", 0), ("missing", 3), ("procs", 2), ("users", 0)],
            states.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (s.Key, s.Value)));
        var numbers = await ValuesAsync(hub, "vigie_check_value");
        Assert.All(["load load1", "load load5", "load load15", "users users"], name => Assert.True(numbers[name] >= 0));
        Assert.True(numbers["procs procs"] > 0);
        Assert.InRange((await ValuesAsync(hub, "vigie_check_seconds"))["http time"], 0, 30);
        var bytes = await ValuesAsync(hub, "vigie_check_bytes");
        var size = (await ValuesAsync(hub, "vigie_check_limit{limit=\"max\"}"))["disk /"];
        Assert.InRange(bytes["disk /"], 1, size);
        Assert.Equal(2000, (await ValuesAsync(hub, "vigie_check_limit{limit=\"critical_high\"}"))["load load15"]);

        await hub.Get<AlertEngine>().EvaluateAsync(Ct);
        var alerts = hub.Get<AlertStore>().OpenOf("web1").Where(a => a.State == AlertState.Firing);
        Assert.Equal([("check-critical", "closed"), ("check-critical", "procs")],
            alerts.Select(a => (a.Rule, a.Subject)).Order());

        using var person = await hub.PersonAsync();
        string page = WebUtility.HtmlDecode(await person.GetStringAsync("/hosts/web1", Ct));
        Assert.Contains("PROCS CRITICAL: ", page, StringComparison.Ordinal);
        Assert.Contains("there is no file /nonexistent/check_it", page, StringComparison.Ordinal);
        Assert.Contains("port 1: Connection refused", WebUtility.HtmlDecode(await person.GetStringAsync("/alerts", Ct)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_hangs_floods_or_prints_no_text_is_unknown_and_disturbs_no_other()
    {
        await using var hub = await TestHub.StartAsync();
        string Script(string name, string body)
        {
            File.WriteAllText(_folder[name], $"#!/bin/sh\n{body}\n");
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return _folder[name];
        }
        await RunAsync(hub,
            $"hangs timeout 1s nagios {Script("hangs", "sleep 1000 & wait")}",
            $"floods nagios {Script("floods", "exec yes")}",
            $"binary nagios {Script("binary", "printf 'OK\\001\\000'")}",
            $"arguments nagios {Script("arguments", "echo \"$# $1 $2\"")} 'a b' \"$HOME;\"",
            $"good nagios {Script("good", "echo fine")}",
            "wrong");
        Assert.Equal([("arguments", 0), ("binary", 3), ("checks.conf", 3), ("floods", 3), ("good", 0), ("hangs", 3)],
            (await ValuesAsync(hub, "vigie_check_status")).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (s.Key, s.Value)));
        Assert.Contains(_log, l => l.Contains("checks.conf, line 6: the kind of check is missing", StringComparison.Ordinal));
        using var person = await hub.PersonAsync();
        string page = WebUtility.HtmlDecode(await person.GetStringAsync("/hosts/web1", Ct));
        Assert.All(["it did not finish within 1 s and was ended", "it printed more than 64 KiB and was ended",
            "text was expected, found a byte 0x01 at position 2", "2 a b $HOME;"], text => Assert.Contains(text, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_document_needs_a_token_for_writing_a_known_kind_and_a_known_host()
    {
        await using var hub = await TestHub.StartAsync();
        await RunAsync(hub, "missing nagios /nonexistent/check_it");
        using var writer = await hub.ClientAsync(TokenScope.Write);
        async Task<int> PostAsync(HttpClient client, string query, string body)
        {
            using var content = new StringContent(body);
            return (int)(await client.PostAsync("/api/v1/hosts/snapshot?" + query, content, Ct)).StatusCode;
        }
        Assert.Equal(204, await PostAsync(writer, "kind=checks&host=web1", "{\"checks\":[null,{\"name\":\"<b>\"},{}]}"));
        Assert.Equal(400, await PostAsync(writer, "kind=checks&host=web1", "[]"));
        Assert.Equal(400, await PostAsync(writer, "kind=checks&host=web1", "{"));
        Assert.Equal(400, await PostAsync(writer, "kind=other&host=web1", "{}"));
        Assert.Equal(503, await PostAsync(writer, "kind=checks&host=nobody", "{}"));
        Assert.Equal(413, await PostAsync(writer, "kind=checks&host=web1", new string(' ', 2 << 20)));
        using var reader = await hub.ClientAsync(TokenScope.Read);
        Assert.Equal(403, await PostAsync(reader, "kind=checks&host=web1", "{}"));
        using var person = await hub.PersonAsync();
        Assert.Contains("&lt;b&gt;", await person.GetStringAsync("/hosts/web1", Ct), StringComparison.Ordinal);

        await hub.Get<Vigie.Hub.Hosts.HostDirectory>().DeleteAsync("web1", Ct);
        Assert.Null(hub.Get<Vigie.Hub.Snapshots.SnapshotStore>().Find("web1", "checks"));
    }

    public void Dispose() => _folder.Dispose();
}
