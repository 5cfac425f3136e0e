using System.CommandLine;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Web;

namespace Vigie.Hub.Commands;

sealed class RulesCommand() : CliCommand("rules", "Import and export rules in Prometheus' own file format, and test rules on the stored history.")
{
    readonly Argument<string[]> _files = new("FILE") { Description = "Files of rule groups.", Arity = ArgumentArity.OneOrMore };
    readonly Argument<string> _group = new("GROUP") { Description = "The group's name." };

    sealed record Row(string Group, string Kind, string Name, string Every, string For, string Expression, string? Error);

    protected override void Configure(Command command)
    {
        Act(command, (call, _) =>
        {
            call.Table(Rows(call), "No group of rules is imported; `vigie alerts --rules` lists what is built in.", ("Group", r => r.Group),
                ("Kind", r => r.Kind), ("Name", r => r.Name), ("Every", r => r.Every), ("For", r => r.For), ("PromQL", r => r.Expression));
            return Task.CompletedTask;
        });
        var check = new Command("check", "Tell everything that is wrong with files of rules.") { _files };
        Act(check, (call, _) =>
        {
            var groups = Read(call);
            call.Print(new { groups = groups.Count, rules = groups.Sum(g => g.Rules.Count) }, $"Valid: {Counted(groups)}.");
            return Task.CompletedTask;
        });
        var import = new Command("import", "Take rule groups over. A group replaces one of the same name; a running hub follows within seconds.")
        {
            _files,
        };
        Act(import, async (call, ct) =>
        {
            var groups = Read(call);
            await call.Get<RuleGroupStore>().PutAsync(groups, ct);
            call.Print(new { groups = groups.Count, rules = groups.Sum(g => g.Rules.Count) }, $"Imported: {Counted(groups)}.");
        });
        var export = new Command("export", "Print the imported rule groups as a file that Prometheus reads.");
        Act(export, (call, _) =>
        {
            call.Writer.Write(RuleFileWriter.Write(call.Get<RuleGroupStore>().All()));
            return Task.CompletedTask;
        });
        var remove = new Command("remove", "Remove a group. What its rules have recorded stays, and its alerts end.") { _group };
        Act(remove, async (call, ct) =>
        {
            string name = call.Value(_group)!;
            if (!await call.Get<RuleGroupStore>().RemoveAsync(name, ct))
                throw new CommandException($"there is no group \"{name}\"; `vigie rules` lists them");
            call.Print(new { removed = name }, $"The group {name} is removed.");
        });
        var test = new RuleTest();
        Act(test, test.RunAsync);
        foreach (var inner in new[] { check, import, export, remove, test })
            command.Add(inner);
    }

    static List<Row> Rows(CliCall call) =>
    [
        .. call.Get<RuleSet>().Groups.SelectMany(g => g.Rules.Select(r => new Row(g.Name, r.IsAlert ? "alert" : "record", r.Name,
            g.Interval is { } every ? Texts.English.Duration(every) : "round", r.For > TimeSpan.Zero ? Texts.English.Duration(r.For) : "",
            r.Expression, null))),
        .. call.Get<RuleSet>().Errors.Select(e => new Row(e.Key, "unreadable", "", "", "", e.Value, e.Value)),
    ];

    /// <summary>All files or none.</summary>
    List<RuleGroup> Read(CliCall call)
    {
        var groups = new List<RuleGroup>();
        var errors = new List<string>();
        foreach (string file in call.Value(_files)!)
        {
            if (!File.Exists(file))
                throw new CommandException($"{file} does not exist");
            try
            {
                foreach (var group in RuleFile.Parse(File.ReadAllText(file), file))
                {
                    if (groups.Exists(g => g.Name == group.Name))
                        errors.Add($"{file}: there is a group \"{group.Name}\" in another file, too");
                    groups.Add(group);
                }
            }
            catch (RuleFileException e)
            {
                errors.AddRange(e.Errors);
            }
        }
        return errors.Count == 0 ? groups : throw new RuleFileException(errors);
    }

    static string Counted(List<RuleGroup> groups)
    {
        int alerts = groups.Sum(g => g.Rules.Count(r => r.IsAlert)), records = groups.Sum(g => g.Rules.Count) - alerts;
        return $"{groups.Count} group{(groups.Count == 1 ? "" : "s")}, {alerts} alerting and {records} recording";
    }
}
