namespace Vigie.Hub.Advisories.Versions;

/// <summary>
/// Alpine's versions: <c>digits{.digits}{letter}{_suffix{number}}{~hash}{-rN}</c>. Bytes are compared and nothing is allocated.
/// </summary>
static class ApkVersion
{
    /// <summary>Kinds of parts, in the order in which a version has them; what ends first is a later kind.</summary>
    enum Kind { First, Number, Letter, Suffix, SuffixNumber, Hash, Revision, End, Invalid }

    /// <summary>The weight of having no suffix: those below come before, as <c>_rc</c> does.</summary>
    const int NoSuffix = 4;

    /// <summary>Orders any two texts. What is no version is compared up to where it ceases to be one.</summary>
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Compare(a, b, isPrefix: false);

    /// <summary>As the operator <c>~</c> does: what begins with all parts of <paramref name="b"/> is equal to it.</summary>
    public static int CompareFuzzy(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Compare(a, b, isPrefix: true);

    public static bool IsValid(ReadOnlySpan<byte> version)
    {
        var part = new Part(version);
        while (part.Kind < Kind.End)
            part.Next();
        return part.Kind == Kind.End;
    }

    static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, bool isPrefix)
    {
        var left = new Part(a);
        var right = new Part(b);
        while (left.Kind == right.Kind && left.Kind < Kind.End)
        {
            int order = left.Order(right);
            if (order != 0)
                return order;
            left.Next();
            right.Next();
        }
        if (isPrefix && right.Kind == Kind.End)
            return 0;
        if (left.Kind == right.Kind)
            return left.Kind == Kind.End ? 0 : left.OrderOfRest(right);
        if (left.IsEarly)
            return -1;
        if (right.IsEarly)
            return 1;
        if (left.Kind == Kind.Invalid && right.Kind == Kind.Revision)
            return -OrderToUnreadable(right);
        if (right.Kind == Kind.Invalid && left.Kind == Kind.Revision)
            return OrderToUnreadable(left);
        return right.Kind.CompareTo(left.Kind);
    }

    /// <summary>A revision that can't be read counts as the first one, and comes before that when nothing is wrong with it.</summary>
    static int OrderToUnreadable(Part revision)
    {
        int order = revision.CompareNumber(default);
        if (order != 0)
            return order;
        revision.Next();
        return revision.Kind == Kind.End ? 1 : 0;
    }

    ref struct Part
    {
        ReadOnlySpan<byte> _rest;
        ReadOnlySpan<byte> _value;
        int _suffix;

        public Part(ReadOnlySpan<byte> version)
        {
            _rest = version;
            Kind = Kind.First;
            TakeNumber(Kind.First, 0);
        }

        public Kind Kind { get; private set; }

        /// <summary>A suffix by which a version comes before the one without it.</summary>
        public readonly bool IsEarly => Kind == Kind.Suffix && _suffix < NoSuffix;

        public void Next()
        {
            if (Kind >= Kind.End)
                return;
            if (_rest.IsEmpty)
            {
                Kind = Kind.End;
                return;
            }
            byte c = _rest[0];
            if (c is >= (byte)'a' and <= (byte)'z' && Kind <= Kind.Number)
                TakeLetter();
            else if (c == '.' && Kind <= Kind.Number)
                TakeNumber(Kind.Number, 1);
            else if (char.IsAsciiDigit((char)c) && Kind == Kind.Suffix)
                TakeNumber(Kind.SuffixNumber, 0);
            else if (c == '_' && Kind <= Kind.SuffixNumber)
                TakeSuffix();
            else if (c == '~' && Kind < Kind.Hash)
                TakeHash();
            else if (_rest.StartsWith("-r"u8) && Kind < Kind.Revision)
                TakeNumber(Kind.Revision, 2);
            else
                Kind = Kind.Invalid;
        }

        /// <param name="behind">Bytes before the number.</param>
        void TakeNumber(Kind kind, int behind)
        {
            var rest = _rest[behind..];
            int length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            _value = length < 0 ? rest : rest[..length];
            Kind = _value.IsEmpty ? Kind.Invalid : kind;
            if (!_value.IsEmpty)
                _rest = rest[_value.Length..];
        }

        void TakeLetter()
        {
            _value = _rest[..1];
            _rest = _rest[1..];
            Kind = Kind.Letter;
        }

        void TakeHash()
        {
            int length = _rest[1..].IndexOfAnyExcept("0123456789abcdef"u8);
            _value = length < 0 ? _rest[1..] : _rest.Slice(1, length);
            _rest = _rest[(1 + _value.Length)..];
            Kind = _value.IsEmpty ? Kind.Invalid : Kind.Hash;
        }

        void TakeSuffix()
        {
            int length = 1;
            while (length < _rest.Length && _rest[length] is >= (byte)'a' and <= (byte)'z')
                length++;
            _suffix = Weight(_rest[1..length]);
            _rest = _rest[length..];
            Kind = _suffix < 0 ? Kind.Invalid : Kind.Suffix;
        }

        static int Weight(ReadOnlySpan<byte> suffix) =>
            suffix.SequenceEqual("alpha"u8) ? 0
            : suffix.SequenceEqual("beta"u8) ? 1
            : suffix.SequenceEqual("pre"u8) ? 2
            : suffix.SequenceEqual("rc"u8) ? 3
            : suffix.SequenceEqual("cvs"u8) ? 5
            : suffix.SequenceEqual("svn"u8) ? 6
            : suffix.SequenceEqual("git"u8) ? 7
            : suffix.SequenceEqual("hg"u8) ? 8
            : suffix.SequenceEqual("p"u8) ? 9
            : -1;

        /// <summary>With a part of the same kind.</summary>
        public readonly int Order(Part other) => Kind switch
        {
            Kind.Suffix => _suffix.CompareTo(other._suffix),
            Kind.Letter or Kind.Hash => _value.SequenceCompareTo(other._value),
            // A leading zero behind a point makes it a fraction: 1.02 comes before 1.1.
            Kind.Number when _value[0] == '0' || other._value[0] == '0' => _value.SequenceCompareTo(other._value),
            _ => CompareNumber(other._value),
        };

        /// <summary>Of two that cease to be versions at the same place: by their bytes from there, unless it is the revision that is wrong.</summary>
        public readonly int OrderOfRest(Part other) =>
            _rest.StartsWith("-"u8) && other._rest.StartsWith("-"u8) ? 0 : _rest.SequenceCompareTo(other._rest);

        public readonly int CompareNumber(ReadOnlySpan<byte> number) => Digits.Compare(_value, number);
    }
}
