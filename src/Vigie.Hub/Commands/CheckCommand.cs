using System.CommandLine;
using Vigie.Hub.Alerts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class CheckCommand() : CliCommand("check", "Evaluate the rules now and send the mails that are due.")
{
    protected override void Configure(Command command) => Act(command, async (call, ct) =>
    {
        var (changed, sent) = await CheckAsync(call, ct);
        var errors = call.Get<AlertEngine>().Errors;
        foreach (var (rule, reason) in errors)
            call.Error($"the rule {rule} can't be evaluated: {reason}");
        var undelivered = call.Get<OutboxStore>().Undelivered(100);
        foreach (var waiting in undelivered)
            call.Error($"not delivered by {waiting.Channel}: {waiting.Error}");
        AlertsCommand.Print(call, call.Get<AlertStore>().Open());
        if (!call.IsJson)
            call.Line($"Alerts changed: {changed.Count}. Mails sent: {sent}.");
        return errors.Count > 0 || undelivered.Count > 0 ? 1 : 0;
    });

    public static async Task<(IReadOnlyList<Alert> Changed, int Sent)> CheckAsync(CliCall call, CancellationToken ct)
    {
        var batch = await call.Get<HostDirectory>().SweepAsync(ct);
        call.Get<Heartbeats.Heartbeats>().AddTo(batch);
        await call.Get<MetricStore>().WriteAsync(batch, ct);
        var changed = await call.Get<AlertEngine>().EvaluateAsync(ct);
        return (changed, await call.Get<OutboxDelivery>().RunAsync(ct));
    }
}
