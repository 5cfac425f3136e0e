using System.CommandLine;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class RestoreCommand() : CliCommand("restore",
    "Put a backup in the place of monitoring.db. A damaged or foreign file is refused; the replaced database is kept.")
{
    readonly Argument<FileInfo?> _from =
        new("FILE") { Description = "The backup; monitoring_backup.db when none is named.", Arity = ArgumentArity.ZeroOrOne };

    protected override void Configure(Command command)
    {
        command.Add(_from);
        Act(command, (call, ct) =>
        {
            string from = call.Value(_from)?.FullName ?? call.Folder.Backup;
            if (!Directory.Exists(call.Folder.Path))
                throw new CommandException($"{call.Folder.Path} does not exist; `vigie init` makes it");
            using var one = call.Folder.TryLock()
                ?? throw new CommandException($"a hub runs with {call.Folder.Path}; stop it, restore, and start it again");
            var (report, replaced) = call.WithProgress("Restore",
                progress => DatabaseFiles.Restore(from, call.Folder.Database, call.Time.GetUtcNow(), progress, ct));
            call.Print(new { report, replaced }, $"Restored: {BackupCommand.Describe(report)}"
                + (replaced is null ? "" : $" The replaced database is {replaced}."));
            return Task.CompletedTask;
        });
    }
}
