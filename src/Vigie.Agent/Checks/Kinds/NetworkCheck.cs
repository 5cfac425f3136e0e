using System.Net.Sockets;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>
/// A check of something on the network. That there is no way to it, or no answer in time, is what such a check is to find: critical, and
/// not unknown.
/// </summary>
abstract class NetworkCheck(CheckPlan plan, string target, TimeProvider time) : ICheck
{
    public CheckPlan Plan => plan;

    protected TimeProvider Time => time;

    /// <summary>What is looked at, as people call it.</summary>
    protected string Target { get; } = target;

    protected abstract ValueTask<CheckResult> LookAsync(CancellationToken ct);

    public async ValueTask<CheckOutcome> RunAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(plan.Timeout * 0.95, time); // before the runner ends it
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return CheckOutcome.Of(await LookAsync(either.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return CheckOutcome.Of(Critical($"did not answer within {plan.Timeout.TotalSeconds:0.###} s"));
        }
        catch (SocketException e)
        {
            return CheckOutcome.Of(Critical(e.Message));
        }
    }

    protected CheckResult Critical(string why) => new(plan.Name, CheckState.Critical, CheckText.Line($"{Target}: {why}"));
}
