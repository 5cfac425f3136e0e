using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Hub.Accounts;

/// <summary>One-time login links that `up` prints: they work once, for fifteen minutes, from this machine only.</summary>
sealed class LoginLinks(TimeProvider time)
{
    static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    readonly ConcurrentDictionary<string, DateTimeOffset> _open = new(StringComparer.Ordinal);

    public string Create()
    {
        string code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _open[Key(code)] = time.GetUtcNow() + Life;
        return code;
    }

    public bool Use(string code) => _open.TryRemove(Key(code), out var end) && time.GetUtcNow() <= end;

    static string Key(string code) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
}
