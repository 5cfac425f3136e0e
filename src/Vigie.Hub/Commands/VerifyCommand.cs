using System.CommandLine;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class VerifyCommand() : CliCommand("verify", "Read all of monitoring.db, or of a backup, and tell whether it is sound.")
{
    readonly Argument<FileInfo?> _file =
        new("FILE") { Description = "The file; monitoring.db when none is named.", Arity = ArgumentArity.ZeroOrOne };

    protected override void Configure(Command command)
    {
        command.Add(_file);
        Act(command, (call, _) =>
        {
            if (call.Value(_file) is null && !File.Exists(call.Folder.Database))
                throw new CommandException($"{call.Folder.Path} holds no monitoring.db; "
                    + $"`vigie init --data {call.Folder.Path}` makes it, or name the file to verify");
            var report = call.WithProgress("Verify",
                progress => DatabaseFiles.Verify(call.Value(_file)?.FullName ?? call.Folder.Database, progress));
            call.Print(report, $"Sound: {BackupCommand.Describe(report)}");
            return Task.CompletedTask;
        });
    }
}
