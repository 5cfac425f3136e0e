namespace Vigie.Core.Blocks;

/// <summary>The bytes are not a block, or are damaged.</summary>
/// <param name="message">Where, what was expected and what was found.</param>
public sealed class BlockFormatException(string message) : Exception(message);
