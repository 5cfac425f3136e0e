using System.CommandLine;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

sealed class ChannelCommand() : CliCommand("channel", "List the channels and how they fare, test one, or show what was delivered.")
{
    sealed record Row(string Name, string Kind, string Target, long Waiting, DateTimeOffset? OldestWaiting, DateTimeOffset? LastSent, string Fallback);

    sealed record LogRow(DateTimeOffset At, string Channel, string What, string Outcome, double Seconds, string? Reply);

    sealed record SettingRow(string Kind, string Setting, string Default, string Help);

    protected override void Configure(Command command)
    {
        command.Add(List());
        command.Add(Test());
        command.Add(Log());
        command.Add(Kinds());
    }

    static Command List()
    {
        var list = new Command("list", "List the channels: where each goes, what waits for it, when it last took a message.");
        Act(list, (call, _) =>
        {
            var tallies = call.Get<DeliveryStore>().Tallies().ToDictionary(t => t.Channel, StringComparer.Ordinal);
            var rows = call.Get<ChannelSet>().All.Select(c => tallies.GetValueOrDefault(c.Name) is var tally
                ? new Row(c.Name, c.Kind.Name, c.Channel.Target, tally?.Waiting ?? 0, tally?.OldestWaiting, tally?.LastSent, c.Options.Fallback) : null!);
            call.Table([.. rows], $"No channel is configured: set Mail or Channels in {call.Folder.Config}.", ("Name", r => r.Name),
                ("Kind", r => r.Kind), ("Target", r => r.Target), ("Waiting", r => $"{r.Waiting}"),
                ("Since", r => Time(r.OldestWaiting, "")), ("Last sent", r => Time(r.LastSent, "never")), ("Fallback", r => r.Fallback));
            return Task.CompletedTask;
        });
        return list;
    }

    static Command Test()
    {
        var name = new Argument<string>("NAME") { Description = "The channel's name." };
        var test = new Command("test", "Send a made-up alert by one channel now, and say what the other side answers.") { name };
        Act(test, async (call, ct) =>
        {
            string wanted = call.Value(name)!;
            var delivery = await call.Get<ChannelTest>().SendAsync(wanted, ct) ?? throw new CommandException(
                $"there is no channel \"{wanted}\"; `vigie channel list` lists them");
            if (delivery.Outcome != DeliveryOutcome.Sent)
                throw new CommandException($"{wanted} has not taken the test: {delivery.Reason}");
            call.Print(new { sent = true, channel = wanted, reply = delivery.Reply }, $"{wanted} has taken the test: {delivery.Reply}");
        });
        return test;
    }

    static Command Log()
    {
        var most = new Option<int>("--most") { Description = "How many attempts at most.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var channel = new Option<string?>("--channel") { Description = "Only those of one channel.", HelpName = "NAME" };
        var log = new Command("log", "Show the attempts to deliver, newest first, each with what the other side answered.") { most, channel };
        Act(log, (call, _) =>
        {
            var rows = call.Get<DeliveryStore>().Recent(Math.Clamp(call.Value(most), 1, DeliveryStore.Most), call.Value(channel)).Select(l =>
                new LogRow(l.Attempt.At, l.Attempt.Channel, l.Kind is { } kind ? $"{kind.ToString().ToLowerInvariant()} {l.Reference}" : "test",
                    l.Attempt.Outcome.ToString().ToLowerInvariant(), l.Attempt.Took.TotalSeconds, l.Attempt.Reply));
            call.Table([.. rows], "Nothing was delivered yet.", ("At", r => Time(r.At, "")), ("Channel", r => r.Channel), ("Message", r => r.What),
                ("Outcome", r => r.Outcome), ("Seconds", r => $"{r.Seconds:0.0}"), ("Reply", r => r.Reply ?? ""));
            return Task.CompletedTask;
        });
        return log;
    }

    static Command Kinds()
    {
        var kinds = new Command("kinds", "List the kinds of channels and the settings of each.");
        Act(kinds, (call, _) =>
        {
            var rows = ChannelKind.All.SelectMany(k => Setting.Of(k.Options).Select(s =>
                new SettingRow(k.Name, s.Key, s.IsRequired ? "(required)" : ConfigFile.Literal(s.Default), s.Help)));
            call.Table([.. rows], "", ("Kind", r => r.Kind), ("Setting", r => r.Setting), ("Default", r => r.Default), ("Meaning", r => r.Help));
            return Task.CompletedTask;
        });
        return kinds;
    }

    static string Time(DateTimeOffset? time, string none) => time is { } known ? $"{known:yyyy-MM-dd HH:mm:ss}Z" : none;
}
