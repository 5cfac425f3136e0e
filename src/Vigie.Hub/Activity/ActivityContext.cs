using Vigie.Agent.Activity;
using Vigie.Hub.Alerts.Incidents;

namespace Vigie.Hub.Activity;

/// <summary>The greediest processes and who was logged in, for the message about an alert.</summary>
sealed class ActivityContext(ReportedActivity reported) : IMessageContext
{
    const int MostProcesses = 5, MostSessions = 8;

    /// <summary>What was seen long before or after an alert explains nothing of it.</summary>
    static readonly TimeSpan Near = TimeSpan.FromMinutes(10);

    public int Place => 10;

    public Task<IReadOnlyList<(string Name, string Value)>> OfAsync(string host, DateTimeOffset at, MessageStyle style, CancellationToken ct) =>
        Task.FromResult(Of(host, at, style));

    IReadOnlyList<(string, string)> Of(string host, DateTimeOffset at, MessageStyle style)
    {
        if (reported.Of(host) is not { } found || (found.Time - at).Duration() > Near)
            return [];
        var (activity, t) = (found.Document, style.Texts);
        return
        [
            ("Most processor time", Processes(activity.ByCpu, p => t.Percent(p.Cpu))),
            ("Most memory", Processes(activity.ByMemory, p => t.Bytes(p.Memory))),
            ("Logged in", activity.Sessions is not { } sessions ? "" : sessions.Count == 0 ? t["Nobody is logged in."] : Sessions(sessions, style)),
        ];
    }

    static string Processes(IReadOnlyList<TopProcess> processes, Func<TopProcess, string> figure) => string.Join('\n',
        processes.Take(MostProcesses).Select(p => $"{p.Name} ({p.Pid}{(p.User.Length > 0 ? $", {p.User}" : "")}) {figure(p)}"));

    static string Sessions(IReadOnlyList<ReportedSession> sessions, MessageStyle style)
    {
        var lines = sessions.Take(MostSessions).Select(s => string.Join(' ', ((string[])
        [
            s.User, s.Terminal, s.From.Length > 0 ? $"({s.From})" : "",
            s.Since is > 0 and < 253_402_300_800_000 ? style.Texts.Format("since {0}", style.Time(DateTimeOffset.FromUnixTimeMilliseconds(s.Since))) : "",
        ]).Where(w => w.Length > 0)));
        string all = string.Join('\n', lines);
        return sessions.Count > MostSessions ? all + "\n" + style.Texts.Format("and {0} more", sessions.Count - MostSessions) : all;
    }
}
