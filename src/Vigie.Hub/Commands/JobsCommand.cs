using System.CommandLine;
using Vigie.Hub.Heartbeats;
using Vigie.Hub.Web;

namespace Vigie.Hub.Commands;

sealed class JobsCommand() : CliCommand("jobs", "List the jobs that tell of themselves, such as cron's, or forget one.")
{
    sealed record Row(string Host, string Job, string State, DateTimeOffset? LastSuccess, long? ExitCode, double? Seconds, double? EverySeconds, string Text);

    protected override void Configure(Command command)
    {
        command.Add(RemoveCommand());
        Act(command, (call, _) =>
        {
            long nowMs = call.Time.GetUtcNow().ToUnixTimeMilliseconds();
            var t = Texts.English;
            var rows = call.Get<HeartbeatStore>().All().Select(j => new Row(j.Host, j.Job,
                j.HasFailed ? "failed" : j.IsLate(nowMs) ? "late" : j.IsRunning ? "running" : "ok",
                j.SuccessMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null, j.ExitCode, j.Seconds, j.EverySeconds, j.Text));
            call.Table([.. rows], "No job has told of itself.", ("Host", r => r.Host), ("Job", r => r.Job), ("State", r => r.State),
                ("Last success", r => r.LastSuccess is { } last ? $"{last:yyyy-MM-dd HH:mm}Z" : "never"),
                ("Exit code", r => $"{r.ExitCode}"), ("Duration", r => r.Seconds is { } took ? t.Duration(TimeSpan.FromSeconds(took)) : ""),
                ("Every", r => r.EverySeconds is { } every ? t.Duration(TimeSpan.FromSeconds(every)) : ""), ("Text", r => r.Text));
            return Task.CompletedTask;
        });
    }

    static Command RemoveCommand()
    {
        var job = new Argument<string>("JOB") { Description = "The job's name." };
        var host = new Option<string>("--host") { Description = "The host it runs on.", HelpName = "HOST", DefaultValueFactory = _ => "" };
        var remove = new Command("remove", "Forget a job that is not run any more.") { job, host };
        Act(remove, async (call, ct) =>
        {
            if (!await call.Get<HeartbeatStore>().RemoveAsync(call.Value(host)!, call.Value(job)!, ct))
                throw new CommandException($"there is no job \"{call.Value(job)}\" of host \"{call.Value(host)}\"; `vigie jobs` lists them");
            call.Print(new { removed = call.Value(job), host = call.Value(host) }, $"The job {call.Value(job)} is forgotten.");
        });
        return remove;
    }
}
