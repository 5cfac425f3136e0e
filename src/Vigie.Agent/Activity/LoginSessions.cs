using Vigie.Agent.Probes;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Activity;

/// <summary>The sessions of people, and when each was last used: the time its terminal was read, as w(1) has it.</summary>
sealed class LoginSessions(HostRoot root, UserNames names)
{
    const int Most = 100, LongestText = 100;

    readonly UserSessions _sessions = new(root);
    readonly List<UserSession> _found = [];

    /// <summary>The oldest first; null when the host doesn't tell who is logged in.</summary>
    public IReadOnlyList<ReportedSession>? Read()
    {
        return !_sessions.Read(_found) ? null :
        [
            .. _found.OrderBy(s => s.StartUnixSeconds).Take(Most).Select(names.Of).Select(s =>
                new ReportedSession(Clip(s.User), Clip(s.Terminal), Clip(s.From), (long)(s.StartUnixSeconds * 1000), ActiveMs(s.Terminal))),
        ];
    }

    long? ActiveMs(string terminal)
    {
        string path = root.Map("/dev/" + terminal);
        if (terminal.Length == 0 || terminal.Contains("..", StringComparison.Ordinal) || terminal[0] is ':' or '/' || !Path.Exists(path))
            return null;
        long ms = new DateTimeOffset(File.GetLastAccessTimeUtc(path)).ToUnixTimeMilliseconds();
        return ms - (ms % 60_000);
    }

    static string Clip(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
