using Vigie.Hub.Alerts.Channels;
using Vigie.Tests.Support;

namespace Vigie.Tests.Contracts;

/// <summary>
/// What every channel must do with what the other side answers. A new channel adds itself to <see cref="Stages"/>; the
/// first test fails until it has.
/// </summary>
public sealed class ChannelContract
{
    const string Secret = "s3cret-w0rd";

    /// <summary>For each channel: how to make the other side take, delay, refuse, hang or be away, and the hub that talks to it.</summary>
    static readonly Dictionary<string, Func<string, Task<Stage>>> Stages = new(StringComparer.Ordinal) { ["mail"] = MailAsync };

    sealed record Stage(TestHub Hub, Func<int> Received, IDisposable Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Hub.DisposeAsync();
            Server.Dispose();
        }
    }

    static async Task<Stage> MailAsync(string reply)
    {
        var smtp = SmtpServer.Start(null, "vigie", Secret);
        smtp.Answer(reply switch
        {
            "taken" => null,
            "later" => "451 4.7.1 later",
            "busy" => "421 4.3.2 busy",
            "no" => "554 5.7.1 no",
            _ => null,
        });
        int port = reply == "away" ? SmtpServer.FreePort() : smtp.Port;
        var hub = await TestHub.StartAsync(options: o => o with
        {
            Mail = o.Mail with
            {
                Host = "127.0.0.1",
                Port = port,
                Security = "none",
                User = "vigie",
                Password = Secret,
                To = ["a@example.org"],
            },
        });
        return new(hub, () => smtp.Mails().Count, smtp);
    }

    [Fact]
    public async Task Every_channel_stands_here()
    {
        await using var hub = await TestHub.StartAsync();
        Assert.Equal(Stages.Keys.Order(StringComparer.Ordinal), hub.Get<ChannelSet>().All.Select(c => c.Name)
            .Order(StringComparer.Ordinal));
    }

    public static TheoryData<string, string, string, int> Replies()
    {
        var data = new TheoryData<string, string, string, int>();
        foreach (string channel in Stages.Keys)
        {
            data.Add(channel, "taken", nameof(DeliveryOutcome.Sent), 1);
            data.Add(channel, "later", nameof(DeliveryOutcome.Retry), 0);
            data.Add(channel, "busy", nameof(DeliveryOutcome.Retry), 0);
            data.Add(channel, "no", nameof(DeliveryOutcome.Refused), 0);
            data.Add(channel, "away", nameof(DeliveryOutcome.Retry), 0);
        }
        return data;
    }

    [Theory, MemberData(nameof(Replies))]
    public async Task A_reply_becomes_sent_retry_or_refused(string channel, string reply, string outcome, int received)
    {
        await using var stage = await Stages[channel](reply);
        var delivery = await stage.Hub.Get<ChannelSet>().Find(channel)!.SendAsync(Sample, TestContext.Current.CancellationToken);
        Assert.Equal(outcome, delivery.Outcome.ToString());
        Assert.Equal(received, stage.Received());
        Assert.Equal(delivery.Outcome == DeliveryOutcome.Sent, delivery.Reason is null);
        Assert.DoesNotContain(stage.Hub.Log.Lines.Append(delivery.Reason ?? ""), l => l.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unconfigured_channel_says_so()
    {
        await using var hub = await TestHub.StartAsync();
        Assert.Empty(hub.Get<ChannelSet>().Configured);
    }

    static Message Sample => new("Subject", "Text", "<p>Text</p>", null, "", "contract@vigie", null);
}
