using System.CommandLine;
using Vigie.Hub.Configuration;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class CleanCommand() : CliCommand("clean",
    "Roll old samples up, delete what is older than the history that is kept, and give the file's space back.")
{
    readonly Option<string?> _olderThan =
        new("--older-than") { Description = "Another age than Retention:Raw, such as 3d or 12h.", HelpName = "AGE" };

    protected override void Configure(Command command)
    {
        command.Add(_olderThan);
        Act(command, async (call, ct) =>
        {
            var age = call.Get<HubOptions>().Retention.Raw;
            if (call.Value(_olderThan) is { } text && !Quantities.TryDuration(text, out age))
                throw new CommandException($"--older-than is \"{text}\"; write an age such as 3d or 12h");
            long before = new FileInfo(call.Folder.Database).Length;
            long deleted = await call.WithProgressAsync("Cleaning", progress => call.Get<MetricStore>()
                .CleanAsync(call.Time.GetUtcNow() - age, exact: true, progress, ct));
            long after = new FileInfo(call.Folder.Database).Length;
            call.Print(new { deleted, bytesBefore = before, bytesAfter = after },
                $"{deleted} samples older than {Quantities.Text(age)} deleted; monitoring.db has {after} bytes, {Math.Max(0, before - after)} fewer.");
        });
    }
}
