namespace Vigie.Core.Protobuf;

/// <summary>The bytes are not the message they claim to be.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="offset">Bytes from the start of the (uncompressed) body.</param>
public sealed class WireFormatException(string message, int offset) : Exception($"{message} (at byte {offset})")
{
    public int Offset { get; } = offset;
}
