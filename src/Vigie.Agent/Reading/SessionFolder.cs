using System.Text;
using Vigie.Agent.Probes;

namespace Vigie.Agent.Reading;

/// <summary>The sessions that systemd-logind keeps in /run/systemd/sessions, one file of KEY=VALUE lines each.</summary>
sealed class SessionFolder(HostRoot root)
{
    const string Folder = "/run/systemd/sessions";

    /// <summary>What changes when a session begins or ends.</summary>
    public static readonly string[] Places = [Folder];

    /// <summary>Appends people's open sessions in the order of their numbers. False when there is no login manager here.</summary>
    public bool Read(List<UserSession> found)
    {
        string path = root.Map(Folder);
        if (!Directory.Exists(path))
            return false;
        // Beside each session N lies N.ref, a pipe that would block its reader for good.
        var names = Directory.GetFiles(path).Select(p => Path.GetFileName(p)).Where(name => !name.Contains('.')).ToArray();
        Array.Sort(names, (a, b) => a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b));
        foreach (var name in names)
            if (Parse(root.File($"{Folder}/{name}").ReadOnce()) is { } session)
                found.Add(session);
        return true;
    }

    static UserSession? Parse(ReadOnlySpan<byte> text)
    {
        string user = "", terminal = "", from = "", kind = "", state = "";
        double start = 0;
        while (text.TakeLine(out var line))
        {
            int equals = line.IndexOf((byte)'=');
            if (equals < 0)
                continue;
            var value = Unquote(line[(equals + 1)..]);
            switch (Encoding.ASCII.GetString(line[..equals]))
            {
                case "USER": user = value; break;
                case "TTY": terminal = value; break;
                case "DISPLAY" when terminal.Length == 0: terminal = value; break;
                case "REMOTE_HOST": from = value; break;
                case "CLASS": kind = value; break;
                case "STATE": state = value; break;
                case "REALTIME" when long.TryParse(value, out long microseconds): start = Math.Floor(microseconds / 1e6); break;
            }
        }
        return user.Length > 0 && kind is "user" or "user-early" or "user-light" or "user-early-light" && state is not "closing"
            ? new(user, terminal, from, start)
            : null;
    }

    // systemd writes values either bare with backslash escapes or in double quotes.
    static string Unquote(ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)' ');
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
            value = value[1..^1];
        return Encoding.UTF8.GetString(value).Replace("\\", "", StringComparison.Ordinal);
    }
}
