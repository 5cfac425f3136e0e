using Vigie.Agent.Probes;

namespace Vigie.Agent.Reading;

/// <summary>Who is logged in: by the login manager's sessions when it has any, else by the classic records.</summary>
sealed class UserSessions(HostRoot root)
{
    /// <summary>Files and folders that change when a session begins or ends.</summary>
    public static readonly string[] Places = [.. SessionFolder.Places, .. UtmpFile.Places];

    readonly SessionFolder _sessions = new(root);
    readonly UtmpFile _utmp = new(root);

    /// <summary>Puts the open sessions in the place of what the list held. False when this host doesn't tell.</summary>
    public bool Read(List<UserSession> found)
    {
        found.Clear();
        bool known = _sessions.Read(found);
        return found.Count == 0 ? known | _utmp.Read(found) : known;
    }
}
