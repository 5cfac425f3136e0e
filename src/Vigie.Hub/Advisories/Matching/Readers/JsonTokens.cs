using System.Buffers;
using System.Text.Json;

namespace Vigie.Hub.Advisories.Matching.Readers;

/// <summary>Takes the tokens of a document one by one.</summary>
interface IJsonSink
{
    /// <param name="reader">Stands on the token; not to be moved.</param>
    /// <returns>False when the rest of the document is not wanted.</returns>
    bool Take(ref Utf8JsonReader reader);
}

/// <summary>
/// Reads JSON of any size in blocks: what is kept in memory is one block, and one text when that is longer.
/// </summary>
static class JsonTokens
{
    const int Block = 64 * 1024, LongestText = 8 << 20;

    /// <exception cref="FormatException">It is not JSON, nested deeper than 64 levels, or holds a text of more than 8 MiB.</exception>
    public static void Read<T>(Stream stream, ref T sink, CancellationToken ct) where T : IJsonSink
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            int filled = 0;
            bool isFinal = false, isStart = true;
            var state = new JsonReaderState();
            while (!isFinal)
            {
                ct.ThrowIfCancellationRequested();
                if (filled == buffer.Length)
                    buffer = Larger(buffer, filled);
                int count = stream.Read(buffer, filled, buffer.Length - filled);
                isFinal = count == 0;
                filled += count;
                int start = isStart && buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8) ? 3 : 0;
                isStart &= filled < 3 && !isFinal;
                if (isStart)
                    continue;
                var reader = new Utf8JsonReader(buffer.AsSpan(start, filled - start), isFinal, state);
                while (reader.Read())
                    if (!sink.Take(ref reader))
                        return;
                state = reader.CurrentState;
                int used = start + (int)reader.BytesConsumed;
                filled -= used;
                buffer.AsSpan(used, filled).CopyTo(buffer);
            }
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is not JSON: {e.Message.Split(". ")[0].TrimEnd('.')} (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("it holds a text that is not Unicode", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static byte[] Larger(byte[] buffer, int filled)
    {
        if (buffer.Length >= LongestText)
            throw new FormatException($"it holds a text of more than {LongestText >> 20} MiB");
        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
