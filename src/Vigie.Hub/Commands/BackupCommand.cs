using System.CommandLine;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class BackupCommand() : CliCommand("backup", "Copy monitoring.db to monitoring_backup.db while the hub runs, and check the copy.")
{
    readonly Option<FileInfo?> _to = new("--to") { Description = "Another file than monitoring_backup.db.", HelpName = "FILE" };

    protected override void Configure(Command command)
    {
        command.Add(_to);
        Act(command, (call, ct) =>
        {
            string to = call.Value(_to)?.FullName ?? call.Folder.Backup;
            int keep = call.Options().Backup.Keep;
            var report = call.WithProgress("Backup", progress => DatabaseFiles.Backup(call.Folder.Database, to, keep, progress, ct));
            call.Print(report, $"Backed up and checked: {Describe(report)}");
            return Task.CompletedTask;
        });
    }

    internal static string Describe(FileReport report) =>
        $"{report.Path}, {Texts.English.Bytes(report.Bytes).Replace('\u00a0', ' ')}, {report.Series} series, {report.Samples} samples"
        + (report is { First: { } first, Last: { } last } ? $" from {first:yyyy-MM-dd HH:mm} to {last:yyyy-MM-dd HH:mm} UTC." : ".");
}
