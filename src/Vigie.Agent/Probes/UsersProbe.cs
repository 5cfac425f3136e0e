using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>
/// Who is logged in: the login manager's sessions when it has any, else the classic utmp records. A session is one login: the
/// same person twice counts twice, and what the login manager keeps for services, greeters and timers is not counted.
/// </summary>
sealed class UsersProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo LoggedIn = new("vigie.users.logged_in", "{user}", MetricKind.Gauge,
        "Login sessions open now; a user who logged in twice counts twice.");
    static readonly MetricInfo SessionStart =
        new("vigie.user.session.start", "s", MetricKind.Gauge, "When a session that is open now began, in Unix seconds.");

    // Both write by replacing a file or appending to it, which the time of its folder or its own tells; now and then all is read anyway.
    static readonly TimeSpan BetweenReadings = TimeSpan.FromMinutes(1);

    readonly UserSessions _sessions = new(context.Root);
    readonly UserNames _names = new(context.Root, context.HideUsers);
    readonly string[] _places = [.. UserSessions.Places.Select(context.Root.Map)];
    readonly DateTime[] _changed = new DateTime[UserSessions.Places.Length];
    readonly List<UserSession> _found = [];
    bool _isKnown;
    long? _read;

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("users", static context => new UsersProbe(context));

    public ProbeInfo Info { get; } = new("users", [LoggedIn, SessionStart], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        if (HasChanged() || _read is not { } at || context.Time.GetElapsedTime(at) >= BetweenReadings)
            Read();
        if (!_isKnown)
        {
            sink.NoData("there is neither /run/systemd/sessions nor /run/utmp nor /var/run/utmp");
            return default;
        }
        sink.Add(LoggedIn, _found.Count);
        for (int i = 0; i < _found.Count; i++)
        {
            var session = _found[i];
            if (IsFirstOfItsName(i) && session.StartUnixSeconds > 0)
                sink.Add(SessionStart, session.StartUnixSeconds, new("user", session.User), new("terminal", session.Terminal),
                    new("from", session.From));
        }
        return default;
    }

    bool HasChanged()
    {
        bool has = false;
        for (int i = 0; i < _places.Length; i++)
            if (File.GetLastWriteTimeUtc(_places[i]) is var changed && changed != _changed[i])
                (_changed[i], has) = (changed, true);
        return has;
    }

    void Read()
    {
        _read = null; // should it fail, it is tried again
        _isKnown = _sessions.Read(_found);
        for (int i = 0; _names.Hides && i < _found.Count; i++)
            _found[i] = _names.Of(_found[i]);
        _read = context.Time.GetTimestamp();
    }

    // Two sessions without a terminal can look the same; a series has one value per instant, so the earliest stands for both.
    bool IsFirstOfItsName(int index)
    {
        var it = _found[index];
        for (int i = 0; i < _found.Count; i++)
        {
            var other = _found[i];
            if (i != index && (other with { StartUnixSeconds = it.StartUnixSeconds }) == it
                && (other.StartUnixSeconds < it.StartUnixSeconds || (other.StartUnixSeconds == it.StartUnixSeconds && i < index)))
                return false;
        }
        return true;
    }
}

/// <summary>One login. Terminal and From are empty when there is none.</summary>
readonly record struct UserSession(string User, string Terminal, string From, double StartUnixSeconds);
