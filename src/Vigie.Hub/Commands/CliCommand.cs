using System.CommandLine;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Configuration;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

/// <summary>A command can't do what it was asked; the sentence is for the person at the keyboard.</summary>
sealed class CommandException(string message) : Exception(message);

/// <summary>One command of the command line. What it can't do becomes a sentence and a non-zero exit code.</summary>
abstract class CliCommand(string name, string help)
{
    public static readonly Option<string> Data =
        new("--data") { Description = "The data folder.", HelpName = "DIR", Recursive = true, DefaultValueFactory = _ => "./vigie-data" };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON instead of tables.", Recursive = true };

    public string Name { get; } = name;

    public Command Build()
    {
        var command = new Command(Name, help);
        Configure(command);
        return command;
    }

    /// <summary>Adds arguments, options and the action; or subcommands.</summary>
    protected abstract void Configure(Command command);

    protected static void Act(Command command, Func<CliCall, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, ct) =>
        {
            using var call = new CliCall(parsed);
            try
            {
                return await action(call, ct);
            }
            catch (ConfigException e)
            {
                foreach (string error in e.Errors)
                    call.Error(error);
                return 2;
            }
            catch (Exception e)
                when (e is CommandException or RuleFileException or DatabaseException or TemplateException or StoreUnavailableException
                    or PromQLException or UnauthorizedAccessException or IOException)
            {
                call.Error(e.Message);
                return 1;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                call.Error("interrupted");
                return 130;
            }
        });

    protected static void Act(Command command, Func<CliCall, CancellationToken, Task> action) => Act(command, async (call, ct) =>
    {
        await action(call, ct);
        return 0;
    });
}
