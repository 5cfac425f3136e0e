using System.Security.Cryptography;
using System.Text;
using Vigie.Agent.Probes;

namespace Vigie.Agent.Reading;

/// <summary>
/// The names of people as they leave this host: as they are, or each as a word that stays the same until the host starts anew and can't
/// be turned back elsewhere: the key is drawn by the kernel at each start (boot_id) and never sent.
/// </summary>
sealed class UserNames(HostRoot root, bool hide)
{
    readonly byte[] _key = hide ? Encoding.UTF8.GetBytes(root.ReadLine("/proc/sys/kernel/random/boot_id") is { Length: > 0 } boot ? boot
        : Convert.ToHexString(RandomNumberGenerator.GetBytes(16))) : [];

    public bool Hides => hide;

    public string Of(string user) => !hide || user.Length == 0 ? user
        : $"user-{Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(user)).AsSpan(0, 3))}";

    /// <summary>The session under such a name; from where somebody came tells who it is, too.</summary>
    public UserSession Of(UserSession session) => hide ? session with { User = Of(session.User), From = "" } : session;
}
