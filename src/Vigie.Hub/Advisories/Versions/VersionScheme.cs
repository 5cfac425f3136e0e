using System.Text;

namespace Vigie.Hub.Advisories.Versions;

/// <summary>How the versions of one package manager are ordered.</summary>
abstract class VersionScheme
{
    /// <summary>Longer texts than this are no versions of anything; they are compared, yet not without allocation.</summary>
    const int MostOnStack = 512;

    public static readonly VersionScheme Dpkg = new DpkgScheme(), Rpm = new RpmScheme(), RpmEvr = new RpmEvrScheme(), Apk = new ApkScheme();

    public static readonly IReadOnlyList<VersionScheme> All = [Dpkg, Rpm, RpmEvr, Apk];

    public abstract string Name { get; }

    /// <summary>Negative when <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    public abstract int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b);

    public int Compare(string a, string b)
    {
        int most = Encoding.UTF8.GetMaxByteCount(Math.Max(a.Length, b.Length));
        if (most > MostOnStack)
            return Compare(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
        Span<byte> left = stackalloc byte[most], right = stackalloc byte[most];
        return Compare(left[..Encoding.UTF8.GetBytes(a, left)], right[..Encoding.UTF8.GetBytes(b, right)]);
    }

    /// <summary>Whether a package manager would take it; dpkg takes some with a warning.</summary>
    public virtual bool IsValid(ReadOnlySpan<byte> version) => !version.IsEmpty;

    sealed class DpkgScheme : VersionScheme
    {
        public override string Name => "dpkg";

        public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => DpkgVersion.Compare(a, b);

        public override bool IsValid(ReadOnlySpan<byte> version) => DpkgVersion.Fault(version) is null;
    }

    sealed class RpmScheme : VersionScheme
    {
        public override string Name => "rpm";

        public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => RpmVersion.Compare(a, b);
    }

    sealed class RpmEvrScheme : VersionScheme
    {
        public override string Name => "rpm-evr";

        public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => RpmVersion.CompareEvr(a, b);
    }

    sealed class ApkScheme : VersionScheme
    {
        public override string Name => "apk";

        public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => ApkVersion.Compare(a, b);

        public override bool IsValid(ReadOnlySpan<byte> version) => ApkVersion.IsValid(version);
    }
}
