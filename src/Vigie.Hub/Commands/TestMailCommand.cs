using System.CommandLine;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

sealed class TestMailCommand() : CliCommand("test-mail", "Send a made-up alert by mail now, and say what the mail server answers.")
{
    protected override void Configure(Command command) => Act(command, async (call, ct) =>
    {
        var mail = call.Get<HubOptions>().Mail;
        var channel = call.Get<ChannelSet>().Find(ChannelSet.Mail)?.Channel
            ?? throw new CommandException($"no mail can be sent: set Mail:Host and Mail:To in {call.Folder.Config}");
        var delivery = await channel.SendAsync(await call.Get<IncidentComposer>().ComposeTestAsync(ChannelSet.Mail, call.Time.GetUtcNow(), ct), ct);
        if (delivery.Outcome != DeliveryOutcome.Sent)
            throw new CommandException($"the mail was not sent: {delivery.Reason}");
        call.Print(new { sent = true, to = mail.To }, $"Sent to {string.Join(", ", mail.To)} by {mail.Server}.");
    });
}
