using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Ingest;

namespace Vigie.Hub.Web;

/// <summary>What is wrong with the hub itself, said on every page: an admin who is not mailed must see why.</summary>
sealed class HubNotices(OutboxStore outbox, ChannelSet channels, AlertEngine engine, IEnumerable<BackgroundLoop> loops,
    DiskWatch disk)
{
    public IEnumerable<string> Of(Viewer viewer)
    {
        var t = viewer.Texts;
        if (channels.Configured.Count == 0)
            yield return t["No alert is mailed yet: set Mail:Host and Mail:To in config.json, then try: vigie test-mail"];
        if (disk.Look())
            yield return t.Format("The disk is nearly full ({0} left): no samples are taken until there is room; alerts and mails go on.",
                t.Bytes(disk.Left.Bytes));
        var waiting = outbox.Undelivered(100).Where(n => n.Refused is null).ToList();
        if (waiting.Count > 0)
            yield return t.Format("{0} mails wait to be sent: {1}", waiting.Count, waiting[0].Error ?? "");
        foreach (var (rule, reason) in engine.Errors)
            yield return t.Format("The rule {0} can't be evaluated: {1}", rule, reason);
        foreach (var loop in loops.Where(l => l.LastError is not null))
            yield return t.Format("{0} fails: {1}", loop.Name, loop.LastError!);
    }
}
