using System.CommandLine;
using Vigie.Agent.Checks;
using Vigie.Hub.Alerts;
using Vigie.Hub.Configuration;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class InitCommand() : CliCommand("init",
    "Make the data folder: config.json, template.txt, probes.d, checks.conf and monitoring.db. What is there stays as it is.")
{
    protected override void Configure(Command command) => Act(command, (call, _) =>
    {
        var made = Init(call.Folder, call.Time);
        call.Print(new { folder = call.Folder.Path, made }, made.Count == 0
            ? $"{call.Folder.Path} is complete; nothing was changed."
            : $"Made in {call.Folder.Path}: {string.Join(", ", made)}.");
        return Task.CompletedTask;
    });

    /// <summary>Makes what is missing. Returns the names of what was made.</summary>
    public static IReadOnlyList<string> Init(DataFolder folder, TimeProvider time)
    {
        var made = new List<string>();
        // Hashes of passwords and tokens stand in the database: the folder is its owner's alone.
        try
        {
            Directory.CreateDirectory(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the data folder {folder.Path} can't be made ({e.Message}); name another with --data");
        }
        if (!File.Exists(folder.Config))
        {
            WriteNew(folder.Config, ConfigFile.Sample());
            made.Add("config.json");
        }
        var options = ConfigLoader.Load(folder.Config);
        if (!File.Exists(folder.Template))
        {
            WriteNew(folder.Template, MailTemplate.BuiltInText(options.Server.Language));
            made.Add("template.txt");
        }
        bool isNew = !File.Exists(folder.Database);
        if (isNew && !File.Exists(folder.Checks))
        {
            WriteNew(folder.Checks, ExampleProbes.Checks);
            made.Add("checks.conf");
        }
        // Only a new folder gets the examples: who has removed them does not want them back.
        if (!Directory.Exists(folder.Probes))
        {
            ExampleProbes.WriteTo(folder.Probes);
            made.Add("probes.d");
        }
        Database.Open(folder.Database, time, typeof(InitCommand).Assembly).Dispose();
        if (isNew)
            made.Add("monitoring.db");
        return made;
    }

    /// <summary>Whole or not at all; readable by its owner alone, for it may come to hold a password.</summary>
    static void WriteNew(string path, string text)
    {
        string part = path + ".part";
        using (var file = new FileStream(part, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: false);
    }
}
