using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Sources;
using Vigie.PromQL;

namespace Vigie.Hub.Hosts;

/// <summary>When a host was last started, for the message about an alert.</summary>
sealed class RestartContext(QueryEngine engine) : IMessageContext
{
    static readonly PromQL.Ast.Expr Uptime = PromQL.Ast.Expr.Parse(HeadlineCatalog.Uptime);

    public int Place => 20;

    public async Task<IReadOnlyList<(string Name, string Value)>> OfAsync(string host, DateTimeOffset at, MessageStyle style, CancellationToken ct)
    {
        try
        {
            var series = (await engine.InstantAsync(HeadlineCatalog.Of(Uptime, host), at.ToUnixTimeMilliseconds(), ct)).Series();
            if (series is not [var one, ..] || one.Values.Span[^1] is not (> 0 and < 1e10 and var seconds))
                return [];
            string before = style.Texts.Duration(TimeSpan.FromSeconds(seconds));
            return [("Last start", style.Texts.Format("{0} ({1} before)", style.Time(at.AddSeconds(-seconds)), before))];
        }
        catch (Exception e) when (e is PromQLException or StoreUnavailableException)
        {
            return []; // the words about the alert matter more
        }
    }
}
