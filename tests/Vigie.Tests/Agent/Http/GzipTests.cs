using System.IO.Compression;
using CsCheck;
using Vigie.Agent.Http;

namespace Vigie.Tests.Agent.Http;

public sealed class GzipTests
{
    static byte[] Decompress(ReadOnlySpan<byte> gzip)
    {
        using var from = new GZipStream(new MemoryStream(gzip.ToArray()), CompressionMode.Decompress);
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }

    [Fact]
    public void What_is_compressed_comes_back_whatever_it_is()
    {
        var gzip = new Gzip();
        Gen.Byte.Array[0, 100_000].Sample(plain => Assert.Equal(plain, Decompress(gzip.Compress(plain))), iter: 50, threads: 1);
        Gen.Byte[0, 3].Array[0, 100_000].Sample(plain => Assert.Equal(plain, Decompress(gzip.Compress(plain))), iter: 50, threads: 1);
    }
}
