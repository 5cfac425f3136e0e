namespace Vigie.Core.Blocks;

/// <summary>How the integers of a column follow from those that are stored; these numbers are part of the format.</summary>
enum ColumnEncoding : byte
{
    /// <summary>All are the first.</summary>
    Constant = 0,

    /// <summary>Each is the one before and a constant.</summary>
    Line = 1,

    /// <summary>Each is stored, less the first.</summary>
    Values = 2,

    /// <summary>The differences are stored.</summary>
    Deltas = 3,

    /// <summary>The differences of the differences are stored.</summary>
    DeltasOfDeltas = 4,
}

/// <summary>The second byte of a column: what its integers mean, and which parts follow; part of the format.</summary>
static class ColumnKind
{
    /// <summary>The bits that hold the exponent, or <see cref="Bits"/>.</summary>
    public const int Mask = 0x1f;

    /// <summary>The integers are the bits of the doubles.</summary>
    public const int Bits = 0x1f;

    /// <summary>A divisor that was taken out of the differences follows.</summary>
    public const int Divisor = 0x20;

    /// <summary>A list of values that are no such integers follows.</summary>
    public const int Exceptions = 0x40;

    /// <summary>Corrections in units in the last place follow the integers.</summary>
    public const int Corrections = 0x80;
}
