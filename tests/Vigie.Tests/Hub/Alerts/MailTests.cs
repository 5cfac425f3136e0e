using MimeKit;
using Vigie.Agent.Activity;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Snapshots;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

public sealed class MailTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_mail_has_text_html_and_the_chart_inline()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(TimeSpan.FromMinutes(20), "web1", Cpu(0.95), CpuState("user", 0.6), CpuState("system", 0.35));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Equal(["admin@example.org"], mail.To.Mailboxes.Select(m => m.Address));
        Assert.Contains("Value       95 % (alert from 90 %)", mail.TextBody!.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Contains("Since       20 Nov 2026 21:01 (Etc/UTC)", mail.TextBody!, StringComparison.Ordinal);
        var picture = Assert.Single(mail.BodyParts.OfType<MimePart>(), p => p.ContentType.IsMimeType("image", "png"));
        Assert.Contains($"cid:{picture.ContentId}", mail.HtmlBody!, StringComparison.Ordinal);
        using var bytes = new MemoryStream();
        picture.Content!.DecodeTo(bytes, TestContext.Current.CancellationToken);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes.ToArray()[..4]);
    }

    [Fact]
    public async Task The_mail_tells_who_was_logged_in_and_what_was_greedy_at_that_time()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(TimeSpan.FromMinutes(1), "db1", Disk(0.5));
        await stage.Hub.Get<SnapshotStore>().SaveAsync("db1", ActivityDocument.Kind, new ActivityDocument(
            [new("ada", "pts/0", "192.0.2.9", stage.Now.AddHours(-2).ToUnixTimeMilliseconds(), null)],
            [new(4711, "<b>postgres", "postgres", 1.5, 2L << 30, 0)], [new(4712, "java", "tomcat", 0, 4L << 30, 0)], 312).Write(), Ct);
        await stage.RunAsync(TimeSpan.FromMinutes(1), "db1", Disk(1.0));
        var mail = Assert.Single(stage.Smtp.Mails());
        string text = mail.TextBody!.Replace('\u00a0', ' ');
        Assert.Contains("Most processor time:\n  <b>postgres (4711, postgres) 150 %\n", text, StringComparison.Ordinal);
        Assert.Contains("Most memory:\n  java (4712, tomcat) 4 GiB\n", text, StringComparison.Ordinal);
        Assert.Contains("Logged in:\n  ada pts/0 (192.0.2.9) since 20 Nov 2026 19:01\n", text, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;postgres", mail.HtmlBody!, StringComparison.Ordinal);

        await stage.RunAsync(TimeSpan.FromHours(1), "db1", Disk(0.5));
        await stage.RunAsync(TimeSpan.FromMinutes(1), "db1", Disk(1.0));
        Assert.DoesNotContain("postgres", stage.Smtp.Mails()[^1].TextBody!, StringComparison.Ordinal); // an hour old: it explains nothing
    }

    [Fact]
    public async Task Each_channel_speaks_the_language_of_its_people()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var stage = await AlertStage.StartAsync(o => o with
        {
            Mail = o.Mail with { Language = "fr" },
            Channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal) { ["ops"] = new WebhookOptions { Url = ops.Address } },
        });
        await stage.RunAsync(TimeSpan.FromMinutes(2), "db1", Disk(1.0));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.StartsWith("[CRITIQUE] db1 : Un disque est plein", mail.Subject!, StringComparison.Ordinal);
        Assert.Contains("Prendre en charge", mail.HtmlBody!, StringComparison.Ordinal);
        Assert.Contains("[CRITICAL] db1: A disk is full", Assert.Single(ops.Received).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_host_name_stays_text()
    {
        await using var stage = await AlertStage.StartAsync();
        const string Host = "<script>alert(1)</script>\r\nBcc: all@example.org\u202e";
        await stage.RunAsync(TimeSpan.FromMinutes(2), Host, Disk(1.0, "\"><img src=x>"));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Empty(mail.Bcc);
        Assert.DoesNotContain("<script>", mail.HtmlBody!, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x>", mail.HtmlBody!, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mail.Subject!);
    }

    [Fact]
    public async Task While_smtp_is_down_the_mail_waits_and_goes_later()
    {
        await using var stage = await AlertStage.StartAsync();
        stage.Smtp.Answer("451 4.3.0 come back later");
        await stage.RunAsync(TimeSpan.FromMinutes(30), "db1", Disk(1.0));
        Assert.Empty(stage.Smtp.Mails());
        var waiting = Assert.Single(stage.Hub.Get<OutboxStore>().Undelivered(10));
        Assert.Contains("451", waiting.Error!, StringComparison.Ordinal);
        Assert.InRange(waiting.Attempts, 3, 8);
        await stage.RestartAsync();
        stage.Smtp.Answer(null);
        await stage.RunAsync(TimeSpan.FromMinutes(16), "db1", Disk(1.0));
        Assert.Single(stage.Smtp.Mails());
        Assert.Empty(stage.Hub.Get<OutboxStore>().Undelivered(10));
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_good_is_not_tried_again_and_shown()
    {
        await using var stage = await AlertStage.StartAsync();
        stage.Smtp.Answer("554 5.7.1 no");
        await stage.RunAsync(TimeSpan.FromMinutes(5), "db1", Disk(1.0));
        var refused = Assert.Single(stage.Hub.Get<OutboxStore>().Undelivered(10));
        Assert.Equal(1, refused.Attempts);
        Assert.NotNull(refused.Refused);
        using var person = await stage.Hub.PersonAsync();
        Assert.Contains("554", await person.GetStringAsync("/alerts", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_breaks_falls_back_to_the_built_in_one_and_says_so()
    {
        await using var stage = await AlertStage.StartAsync();
        await File.WriteAllTextAsync(stage.Hub.Folder.Template, "--- subject\nx\n--- text\n{% if %}\n--- html\ny\n",
            TestContext.Current.CancellationToken);
        await stage.RunAsync(TimeSpan.FromMinutes(1), "db1", Disk(1.0));
        Assert.Contains("The template is broken", Assert.Single(stage.Smtp.Mails()).TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_own_template_makes_the_mail()
    {
        await using var stage = await AlertStage.StartAsync();
        await File.WriteAllTextAsync(stage.Hub.Folder.Template,
            "--- subject\nÀ voir : {{ host }}\n--- text\n{{ value }} > {{ threshold }}\n--- html\n<p>{{ host }}</p>\n",
            TestContext.Current.CancellationToken);
        await stage.RunAsync(TimeSpan.FromMinutes(1), "db<1>", Disk(1.0));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Equal("À voir : db<1>", mail.Subject);
        Assert.Contains("<p>db&lt;1&gt;</p>", mail.HtmlBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_fails_keeps_the_password_out_of_sight()
    {
        using var smtp = SmtpServer.Start(null, "vigie", "right");
        await using var hub = await TestHub.StartAsync(options: o => o with
        {
            Mail = o.Mail with
            {
                Host = "127.0.0.1",
                Port = smtp.Port,
                Security = "none",
                User = "vigie",
                Password = "wr0ng-s3cret",
                To = ["admin@example.org"],
            },
        });
        var message = await hub.Get<IncidentComposer>()
            .ComposeTestAsync("mail", TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        var delivery = await hub.Get<ChannelSet>().Find("mail")!.Channel.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Retry, delivery.Outcome);
        Assert.Contains("does not accept the login", delivery.Reason!, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Log.Lines.Append(delivery.Reason!), l => l.Contains("s3cret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ada@example.org"), InlineData("old-ada@example.org")]
    public async Task An_oauth_token_logs_in_and_one_that_was_made_anew_counts_at_once(string user)
    {
        using var smtp = SmtpServer.Start(null, user, "t0ken-new");
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["token"], "t0ken-old\n", TestContext.Current.CancellationToken);
        var channel = ChannelStage.Create(new MailOptions
        {
            Host = "127.0.0.1",
            Port = smtp.Port,
            Security = "none",
            User = user,
            OAuthTokenFile = folder["token"],
            To = ["admin@example.org"],
        });
        var delivery = await channel.SendAsync(ChannelStage.Message(), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Retry, delivery.Outcome);
        Assert.Contains("does not accept the login", delivery.Reason!, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["token"], "t0ken-new\n", TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Sent, (await channel.SendAsync(ChannelStage.Message(), TestContext.Current.CancellationToken)).Outcome);
        Assert.Single(smtp.Mails());
    }

    [Theory]
    [InlineData("--- subject\nx\n--- text\nok\n{% if a %}\n--- html\ny", "line 5")]
    [InlineData("--- subject\nx\n--- text\nok\n{% nonsense %}\nmore\n--- html\ny", "line 5")]
    [InlineData("--- subject\nx\n--- text\ny", "\"--- html\" is missing")]
    [InlineData("--- subject\nx\n--- subject\ny", "line 3")]
    public void A_broken_template_is_refused_with_its_line(string template, string says) =>
        Assert.Contains(says, Assert.Throws<TemplateException>(() => MailTemplate.Parse(template, "template.txt")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("en"), InlineData("fr")]
    public void The_built_in_templates_are_sound(string language) => Assert.NotNull(MailTemplate.BuiltIn(language));
}
