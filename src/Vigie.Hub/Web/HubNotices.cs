using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Ingest;
using Vigie.Hub.Retention;
using Vigie.Storage;

namespace Vigie.Hub.Web;

/// <summary>What is wrong with the hub itself, said on every page: an admin who is not mailed must see why.</summary>
sealed class HubNotices(OutboxStore outbox, ChannelSet channels, AlertEngine engine, IEnumerable<BackgroundLoop> loops,
    DiskWatch disk, MetricStore store, RetentionRound retention)
{
    /// <summary>More would push the page itself out of sight.</summary>
    const int MostDamage = 3, MostUndelivered = 100;

    public IEnumerable<string> Of(Viewer viewer)
    {
        var t = viewer.Texts;
        if (channels.Names.Count == 0)
            yield return t["No alert reaches anybody yet: set Mail:Host and Mail:To, or Channels, in config.json, then try: vigie channel test NAME"];
        if (disk.Look())
            yield return t.Format("The disk is nearly full ({0} left): no samples are taken until there is room; alerts and mails go on.",
                t.Bytes(disk.Left.Bytes));
        foreach (var block in store.Damage.Take(MostDamage))
            yield return t.Format("The samples of {0} from {1} to {2} are damaged on the disk and can't be read: {3}. vigie verify reads the whole file, vigie restore brings the last backup back.",
                block.Host, viewer.Time(block.First), viewer.Time(block.Last), block.Reason);
        if (retention.Clock is { Ahead: { } ahead, Until: var until })
            yield return t.Format("The hub's clock is {0} ahead of what it was. In case it is wrong, nothing is deleted until {1}; if it is right, vigie clean deletes at once.",
                t.Duration(ahead), viewer.Time(until));
        foreach (var waiting in outbox.Undelivered(MostUndelivered).Where(n => n.Refused is null)
            .GroupBy(n => n.Channel, StringComparer.Ordinal).OrderBy(c => c.Key, StringComparer.Ordinal))
            yield return t.Format("The channel {0} fails; messages that wait for it: {1}. {2}", waiting.Key, waiting.Count(), waiting.First().Error ?? "");
        foreach (var (rule, reason) in engine.Errors)
            yield return t.Format("The rule {0} can't be evaluated: {1}", rule, reason);
        foreach (var loop in loops)
        {
            if (loop.LastFailure is { } failure)
                yield return t.Format("{0} fails: {1}", loop.Name, failure.Reason);
        }
    }
}
