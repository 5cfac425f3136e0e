using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Tests.Support;

namespace Vigie.Tests.Contracts;

/// <summary>
/// What every channel must do with what the other side answers. A new channel adds itself to <see cref="ChannelStage"/>, or to
/// <see cref="Others"/> when it does not speak HTTP; the first test fails until it has.
/// </summary>
public sealed class ChannelContract
{
    const string Secret = ChannelStage.Secret;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>For each channel beside HTTP: how to make the other side answer so, and what it has received.</summary>
    static readonly Dictionary<string, Func<string, Task<Stage>>> Others =
        new(StringComparer.Ordinal) { ["mail"] = MailAsync, ["exec"] = ExecAsync };

    sealed record Stage(ChannelOptions Options, Func<int> Received, IDisposable Server);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static Task<Stage> MailAsync(string reply)
    {
        IDisposable server;
        SmtpServer? smtp = null;
        int port;
        if (reply == "garbage")
            server = ReplyServer.Garbage(out port);
        else
        {
            server = smtp = SmtpServer.Start(null, "vigie", Secret);
            port = reply == "away" ? SmtpServer.FreePort() : smtp.Port;
            smtp.Answer(reply switch { "later" => "451 4.7.1 later", "busy" => "421 4.3.2 busy", "no" => "554 5.7.1 no", _ => null });
        }
        return Task.FromResult(new Stage(new MailOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Security = "none",
            User = "vigie",
            Password = reply == "denied" ? Secret + "-wrong" : Secret,
            To = ["a@example.org"],
        }, () => smtp?.Mails().Count ?? 0, server));
    }

    static async Task<Stage> ExecAsync(string reply)
    {
        var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["page"], $"""
            #!/bin/sh
            {reply switch
        {
            "never" => "sleep 60",
            "garbage" => "head -c 200000 /dev/zero",
            "no" => "echo unknown >&2; exit 65",
            "taken" => $"cat > {folder["taken"]}; env > {folder["env"]}",
            _ => "echo later >&2; exit 75",
        }}
            """);
        File.SetUnixFileMode(folder["page"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new(new ExecOptions { Command = [reply == "away" ? folder["nowhere"] : folder["page"]] },
            () => File.Exists(folder["taken"]) && File.ReadAllText(folder["taken"]).Contains("\"disk-full\"", StringComparison.Ordinal)
                && File.ReadAllText(folder["env"]).Contains("VIGIE_HOST=db1\n", StringComparison.Ordinal) ? 1 : 0, folder);
    }

    [Fact]
    public void Every_channel_stands_here() => Assert.Equal(ChannelKind.Names,
        ChannelStage.Http.Keys.Concat(Others.Keys).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_secret_has_a_twin_that_names_a_file_and_is_told_what_for()
    {
        foreach (var kind in ChannelKind.All)
        {
            Assert.NotEmpty(kind.Help);
            foreach (var setting in Setting.Of(kind.Options))
            {
                Assert.True(setting.Help.EndsWith('.'), $"{kind.Name}: {setting.Key} is not described");
                if (setting.IsSecret)
                    Assert.Contains(Setting.Of(kind.Options), s => s.Key == setting.Key + "File");
            }
        }
    }

    public static TheoryData<string, string, string> Replies()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string channel in ChannelKind.Names)
        {
            data.Add(channel, "taken", nameof(DeliveryOutcome.Sent));
            data.Add(channel, "no", nameof(DeliveryOutcome.Refused));
            foreach (string later in new[] { "later", "busy", "denied", "away", "garbage" })
                data.Add(channel, later, nameof(DeliveryOutcome.Retry));
            if (channel != "mail")
                data.Add(channel, "never", nameof(DeliveryOutcome.Retry));
        }
        return data;
    }

    [Theory, MemberData(nameof(Replies))]
    public async Task A_reply_becomes_sent_retry_or_refused(string channel, string reply, string outcome)
    {
        if (ChannelStage.Http.TryGetValue(channel, out var http))
        {
            await HttpAsync(http, reply, outcome);
            return;
        }
        var stage = await Others[channel](reply);
        using var server = stage.Server;
        var delivery = await ChannelStage.Create(stage.Options with { Timeout = reply == "never" ? Patience : TimeSpan.FromSeconds(20) })
            .SendAsync(ChannelStage.Message(), Ct);
        Check(delivery, outcome);
        Assert.Equal(reply == "taken" ? 1 : 0, stage.Received());
    }

    static async Task HttpAsync(ChannelStage stage, string reply, string outcome)
    {
        await using var server = await ReplyServer.StartAsync();
        using var garbage = ReplyServer.Garbage(out int port);
        string address = reply switch
        {
            "away" => $"http://127.0.0.1:{SmtpServer.FreePort()}",
            "garbage" => $"http://127.0.0.1:{port}",
            _ => server.Address,
        };
        // The other side says everything it was told: that must not come back.
        server.Reply = r => (reply switch { "taken" => 200, "no" => 400, "later" => 429, "busy" => 503, "denied" => 401, _ => 0 },
            reply == "taken" ? stage.Takes : $"{r.Target} {r.Headers.Authorization} {r.Headers["X-Gotify-Key"]} {r.Body}");
        var delivery = await ChannelStage.Create(stage.Options(address, Secret) with { Timeout = reply == "never" ? Patience : TimeSpan.FromSeconds(20) })
            .SendAsync(ChannelStage.Message(), Ct);
        Check(delivery, outcome);
        Assert.Equal(reply is "away" or "garbage" ? 0 : 1, server.Received.Count);
    }

    static void Check(Delivery delivery, string outcome)
    {
        Assert.True(outcome == delivery.Outcome.ToString(), $"{delivery.Outcome}: {delivery.Reason}");
        Assert.Equal(delivery.Outcome == DeliveryOutcome.Sent, delivery.Reason is null);
        string said = delivery.Reason + delivery.Reply;
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
        Assert.True(said.Length < 500, said);
    }

    public static TheoryData<string> Https => [.. ChannelStage.Http.Keys];

    [Theory, MemberData(nameof(Https))]
    public async Task A_secret_may_stand_in_a_file_and_mending_the_file_makes_the_next_message_go(string channel)
    {
        using var folder = new TempFolder();
        await using var server = await ReplyServer.StartAsync();
        server.Reply = _ => (200, ChannelStage.Http[channel].Takes);
        var inPlace = ChannelStage.Http[channel].Options(server.Address, Secret);
        var options = InFiles(inPlace, folder);
        Assert.Empty(ChannelBinding.Errors(new HubOptions { Channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal) { ["c"] = options } }));
        var way = ChannelStage.Create(options);
        string[] files = [.. Directory.GetFiles(folder.Path)];
        string text = await File.ReadAllTextAsync(files[0], Ct);
        File.Delete(files[0]);
        var delivery = await way.SendAsync(ChannelStage.Message(), Ct);
        Assert.Equal(DeliveryOutcome.Retry, delivery.Outcome);
        Assert.Contains(files[0], delivery.Reason!, StringComparison.Ordinal);
        await File.WriteAllTextAsync(files[0], text, Ct);
        Assert.Equal(DeliveryOutcome.Sent, (await way.SendAsync(ChannelStage.Message(), Ct)).Outcome);
        Assert.DoesNotContain(Secret, $"{way.Target} {options} {inPlace} {ChannelStage.Create(inPlace).Target}", StringComparison.Ordinal);
    }

    /// <summary>The same settings with each secret in a file of its own.</summary>
    static ChannelOptions InFiles(ChannelOptions options, TempFolder folder)
    {
        var copy = (ChannelOptions)Activator.CreateInstance(options.GetType())!;
        foreach (var setting in Setting.Of(options.GetType()))
            if (setting.IsSecret && setting.Property.GetValue(options) is string { Length: > 0 } secret)
            {
                File.WriteAllText(folder[setting.Key], secret + "\nwhatever stands below\n");
                options.GetType().GetProperty(setting.Key + "File")!.SetValue(copy, folder[setting.Key]);
            }
            else if (setting.Property.GetValue(options) is { } value and not "")
                setting.Property.SetValue(copy, value);
        return copy;
    }

    [Theory, MemberData(nameof(Https))]
    public async Task Each_try_of_a_message_carries_the_same_key_and_a_recovery_another(string channel)
    {
        await using var server = await ReplyServer.StartAsync();
        server.Reply = _ => (503, "");
        var way = ChannelStage.Create(ChannelStage.Http[channel].Options(server.Address, Secret));
        foreach (var status in new[] { MessageStatus.Firing, MessageStatus.Firing, MessageStatus.Resolved })
            await way.SendAsync(ChannelStage.Message(status: status), Ct);
        string[] keys = [.. server.Received.Select(r => r.Headers["Idempotency-Key"].ToString())];
        Assert.Equal(["alert-7@vigie", "alert-7@vigie", "resolved-alert-7@vigie"], keys);
    }
}
