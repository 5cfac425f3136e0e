using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>
/// Strings for names that come back at every tick (devices, interfaces), so a known name costs no allocation. Names from outside
/// could be without end, so a pool that has grown too large starts again.
/// </summary>
sealed class NamePool
{
    const int MostNames = 4096;

    readonly Dictionary<string, string> _names = new(ByUtf8.Instance);

    public string this[ReadOnlySpan<byte> utf8]
    {
        get
        {
            var byBytes = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (byBytes.TryGetValue(utf8, out var name))
                return name;
            if (_names.Count >= MostNames)
                _names.Clear();
            return byBytes[utf8] = Encoding.UTF8.GetString(utf8);
        }
    }

    sealed class ByUtf8 : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        public static readonly ByUtf8 Instance = new();

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public bool Equals(ReadOnlySpan<byte> alternate, string other) =>
            Encoding.UTF8.GetByteCount(other) == alternate.Length && Utf8Matches(alternate, other);

        public int GetHashCode([DisallowNull] string obj)
        {
            Span<byte> utf8 = stackalloc byte[256];
            return GetHashCode(Encoding.UTF8.TryGetBytes(obj, utf8, out int written) ? utf8[..written] : Encoding.UTF8.GetBytes(obj));
        }

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

        static bool Utf8Matches(ReadOnlySpan<byte> utf8, string text)
        {
            Span<byte> bytes = stackalloc byte[256];
            return Encoding.UTF8.TryGetBytes(text, bytes, out int written)
                ? utf8.SequenceEqual(bytes[..written])
                : utf8.SequenceEqual(Encoding.UTF8.GetBytes(text));
        }
    }
}
