using Vigie.Hub.Configuration;

namespace Vigie.Hub;

/// <summary>Every line the hub logs, numbered. Nothing per sample, no secret.</summary>
static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Loop} failed and will be tried again: {Reason}")]
    public static partial void LoopFailed(ILogger log, string loop, string reason, Exception? error);

    [LoggerMessage(2, LogLevel.Information, "{Loop} works again")]
    public static partial void LoopRecovered(ILogger log, string loop);

    [LoggerMessage(3, LogLevel.Information, "{Count} samples older than {Age} were deleted")]
    public static partial void Cleaned(ILogger log, long count, TimeSpan age);

    [LoggerMessage(4, LogLevel.Information, "monitoring.db was backed up to {Path}")]
    public static partial void BackedUp(ILogger log, string path);

    [LoggerMessage(5, LogLevel.Warning, "Alert {Rule} on {Labels} is {State}")]
    public static partial void AlertChanged(ILogger log, string rule, string labels, string state);

    [LoggerMessage(6, LogLevel.Warning, "Rule {Rule} can't be evaluated: {Reason}")]
    public static partial void RuleFailed(ILogger log, string rule, string reason);

    [LoggerMessage(7, LogLevel.Warning, "Notification {Id} by {Channel} was not taken ({Reason}); next try {Next:u}")]
    public static partial void DeliveryRetried(ILogger log, long id, string channel, string reason, DateTimeOffset next);

    [LoggerMessage(8, LogLevel.Error, "Notification {Id} by {Channel} was refused for good: {Reason}")]
    public static partial void DeliveryRefused(ILogger log, long id, string channel, string reason);

    [LoggerMessage(9, LogLevel.Warning, "{Feed}: {Reason}")]
    public static partial void FeedNotice(ILogger log, string feed, string reason);

    [LoggerMessage(10, LogLevel.Information, "{Message}")]
    public static partial void ProbeNotice(ILogger log, string message);

    [LoggerMessage(11, LogLevel.Warning, "The built-in mail template is used instead of {Path}: {Reason}")]
    public static partial void TemplateFellBack(ILogger log, string path, string reason);

    [LoggerMessage(13, LogLevel.Error, "The disk is nearly full: {Left} left, {Reserve} are kept for alerts and mails; senders are told to wait")]
    public static partial void DiskLow(ILogger log, ByteSize left, ByteSize reserve);

    [LoggerMessage(14, LogLevel.Information, "The disk has room again ({Left} left): samples are taken")]
    public static partial void DiskRecovered(ILogger log, ByteSize left);

    [LoggerMessage(15, LogLevel.Error, "Block {Id} with samples of {Host} from {First:u} to {Last:u} is damaged and left alone: {Reason}")]
    public static partial void BlockDamaged(ILogger log, long id, string host, DateTimeOffset first, DateTimeOffset last, string reason);

    [LoggerMessage(16, LogLevel.Warning, "The clock is {Ahead} ahead of what it was: until {Until:u} nothing is deleted, in case it is wrong")]
    public static partial void CleaningHeld(ILogger log, TimeSpan ahead, DateTimeOffset until);

    [LoggerMessage(30, LogLevel.Error, "Notification {Id} by {Channel} can't be made")]
    public static partial void MessageFailed(ILogger log, long id, string channel, Exception error);

    [LoggerMessage(12, LogLevel.Warning, "A login as {User} from {Address} failed")]
    public static partial void LoginFailed(ILogger log, string user, string address);
}
