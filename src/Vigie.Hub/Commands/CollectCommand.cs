using System.CommandLine;
using Vigie.Agent.Link;
using Vigie.Hub.Configuration;
using Vigie.Hub.Ingest;
using Vigie.Hub.Snapshots;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class CollectCommand() : CliCommand("collect",
    "One round, for cron: measure this machine, back the database up, check the alerts and send the mails.")
{
    protected override void Configure(Command command) => Act(command, async (call, ct) =>
    {
        var options = call.Get<HubOptions>();
        var agent = LocalProbe.Create(call.Get<SampleIngest>(), call.Get<SnapshotStore>(), options, call.Folder, call.Time,
            (_, message) => call.Error(message));
        var outcome = await agent.RunOnceAsync(ct);
        if (outcome.Result != ExportResult.Accepted)
            throw new CommandException($"the samples were not stored: {outcome.Reason}");
        long written = call.Get<HubMetrics>().SamplesWritten;
        var backup = DatabaseFiles.Backup(call.Folder.Database, call.Folder.Backup, options.Backup.Keep, null, ct);
        var (changed, sent) = await CheckCommand.CheckAsync(call, ct);
        call.Print(new { samples = written, backup = backup.Path, changed = changed.Count, sent },
            $"Samples stored: {written}. Backup: {backup.Path}. Alerts changed: {changed.Count}. Mails sent: {sent}.");
    });
}
