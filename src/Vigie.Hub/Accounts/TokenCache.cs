using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Claims;

namespace Vigie.Hub.Accounts;

/// <summary>The SHA-256 of a token.</summary>
readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    public static TokenHash Of(ReadOnlySpan<byte> sha256)
    {
        var parts = MemoryMarshal.Cast<byte, ulong>(sha256);
        return new(parts[0], parts[1], parts[2], parts[3]);
    }

    public byte[] ToArray() => MemoryMarshal.AsBytes([A, B, C, D]).ToArray();
}

/// <summary>A token that was found good.</summary>
/// <param name="storedMs">The time of last use that is stored, Unix milliseconds.</param>
sealed class CheckedToken(ClaimsPrincipal caller, long storedMs, int generation)
{
    long _usedMs = storedMs, _storedMs = storedMs;

    public ClaimsPrincipal Caller { get; } = caller;

    /// <summary>The state of the tokens in which it was found; in a later one it must be looked up again.</summary>
    public int Generation { get; } = generation;

    public void Use(long nowMs) => Volatile.Write(ref _usedMs, nowMs);

    /// <summary>Whether it was used that long after what is stored, and the caller is the one who has to store it.</summary>
    public bool TryStore(long leastMs, out long usedMs)
    {
        long stored = Volatile.Read(ref _storedMs);
        usedMs = Volatile.Read(ref _usedMs);
        return Math.Abs(usedMs - stored) >= leastMs && Interlocked.CompareExchange(ref _storedMs, usedMs, stored) == stored;
    }
}

/// <summary>
/// The tokens that were found good, by hash: nobody can fill it with tokens that are none. What was found is forgotten as a whole
/// when any token was revoked.
/// </summary>
sealed class TokenCache(TimeProvider time)
{
    /// <summary>For how long a token may still work that another process has revoked.</summary>
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    const int Most = 100_000;

    readonly ConcurrentDictionary<TokenHash, CheckedToken> _tokens = new();
    readonly Lock _looking = new();
    long _lookedAt = -1, _revocations = -1;
    int _generation;

    public int Generation => Volatile.Read(ref _generation);

    public IEnumerable<KeyValuePair<TokenHash, CheckedToken>> All => _tokens;

    /// <summary>Asks from time to time how many tokens were ever revoked, which tells what another process has done.</summary>
    public void Follow(Func<long> revocations)
    {
        if (!IsDue)
            return;
        lock (_looking)
        {
            if (!IsDue)
                return;
            long now = time.GetTimestamp(), count = revocations();
            if (count != _revocations)
                Forget();
            (_revocations, _lookedAt) = (count, now);
        }
    }

    public CheckedToken? Find(TokenHash hash) =>
        _tokens.TryGetValue(hash, out var found) && found.Generation == Generation ? found : null;

    /// <summary>It is not believed when something was revoked since its generation began.</summary>
    public void Add(TokenHash hash, CheckedToken token)
    {
        if (_tokens.Count >= Most)
            _tokens.Clear();
        _tokens[hash] = token;
    }

    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        _tokens.Clear();
    }

    bool IsDue => Volatile.Read(ref _lookedAt) is var at && (at < 0 || time.GetElapsedTime(at) >= LookEvery);
}
