using CsCheck;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;
using Vigie.Tests.Support;
using static Vigie.Tests.Core.Otlp.ReaderCase;

namespace Vigie.Tests.Core.Otlp;

public sealed class OtlpMalformedTests
{
    static readonly byte[] Valid = OtlpRequests.Of("alpha", Now, OtlpRequests.Cpu(0.5), OtlpRequests.Memory(0.2), OtlpRequests.Disk(0.7));

    static readonly byte[] ValidJson = System.Text.Encoding.UTF8.GetBytes(
        """{"resourceMetrics":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"alpha"}}]},"scopeMetrics":"""
        + """[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"timeUnixNano":"1795348800000000000","asDouble":1.5}]}}]}]}]}""");

    [Fact]
    public void A_request_cut_anywhere_is_an_error()
    {
        for (int length = 1; length < Valid.Length; length++)
            Assert.Throws<WireFormatException>(() => new ReaderCase().Read(Valid.AsSpan(0, length)));
        var reader = new ReaderCase();
        Assert.Equal(0, reader.Read([]).Refused);
        Assert.Equal(0, reader.Batch.Count);
    }

    [Theory]
    [InlineData("80", "ends inside a number")]
    [InlineData("0a", "ends inside a number")]
    [InlineData("0aff", "ends inside a number")]
    [InlineData("0aff01", "255 bytes is announced where 0 are left")]
    [InlineData("0affffffff0f", "4294967295 bytes is announced")]
    [InlineData("0affffffffffffffffff01", "18446744073709551615 bytes is announced")]
    [InlineData("0a8080808080808080808001", "longer than ten bytes")]
    [InlineData("ffffffffffffffffffffff01", "longer than ten bytes")]
    [InlineData("0801", "wire type 0 where 2 is expected")]
    [InlineData("0900000000000000aa", "wire type 1 where 2 is expected")]
    [InlineData("0d000000aa", "wire type 5 where 2 is expected")]
    [InlineData("0b0c", "wire type 3 where 2 is expected")] // a group
    [InlineData("130a0014", "wire type 3 is not used")] // a group in an unknown field
    [InlineData("14", "wire type 4 is not used")]
    [InlineData("16", "wire type 6 is not used")]
    [InlineData("17", "wire type 7 is not used")]
    [InlineData("00", "field number 0")]
    [InlineData("0200", "field number 0")]
    [InlineData("f8ffffffffffffffff0100", "is not one of protobuf's")]
    [InlineData("1100", "8 bytes are needed where 1 are left")]
    [InlineData("1500", "4 bytes are needed where 1 are left")]
    [InlineData("0a020a05", "5 bytes is announced where 0 are left")] // an inner length past the outer one
    [InlineData("0a041202" + "1001", "wire type 0 where 2 is expected")] // metrics as a number
    public void Malformed_bytes_are_told_with_their_place(string hex, string message)
    {
        var e = Assert.Throws<WireFormatException>(() => new ReaderCase().Read(Convert.FromHexString(hex)));
        Assert.Contains(message, e.Message);
        Assert.Contains("(at byte ", e.Message);
        Assert.InRange(e.Offset, 0, hex.Length / 2);
    }

    [Theory]
    [InlineData(3)] // the time
    [InlineData(4)] // a value
    [InlineData(6)]
    public void A_number_of_the_wrong_wire_type_is_an_error(int field) =>
        Assert.Throws<WireFormatException>(() => new ReaderCase().Read(Metric(5, w => Nest(w, 1, () => w.Varint(field, 1)))));

    [Fact]
    public void Fields_nobody_knows_are_passed_over() => Assert.Equal("m{host=\"token-7\"}", new ReaderCase().One(Message(w =>
    {
        w.Varint(100, 7);
        w.Fixed64(101, 7);
        w.Bytes(102, [1, 2, 3]);
        w.Raw(Metric(5, p => { Point(p, 1); p.String(500, "x"); }));
    })));

    [Theory]
    [InlineData(5)] // arrays
    [InlineData(6)] // maps
    public void Deep_nesting_costs_no_stack(int kind)
    {
        byte[] any = Message(w => w.String(1, "deep"));
        for (int i = 0; i < 5_000; i++)
        {
            byte[] inner = any;
            any = Message(w => Nest(w, kind, () => Nest(w, 1, () =>
            {
                if (kind == 6)
                    w.Bytes(2, inner);
                else
                    w.Raw(inner);
            })));
        }
        var reader = new ReaderCase();
        reader.Read(Metric(5, w => Nest(w, 1, () =>
        {
            w.Fixed64(3, NowNano);
            w.Double(4, 1);
            Nest(w, 7, () => { w.String(1, "k"); w.Bytes(2, any); });
        })));
        Assert.Equal(1, reader.Batch.Count);
        Assert.DoesNotContain("deep", reader.Batch.Series[0].Labels["k"]);
    }

    [Fact]
    public void Random_bytes_are_read_or_refused() => Gen.Byte.Array[0, 300].Sample(Survives, iter: 5_000, threads: 1);

    [Fact]
    public void Valid_requests_with_changed_bytes_are_read_or_refused() =>
        Gen.Select(Gen.Int[0, Valid.Length - 1], Gen.Byte).Array[1, 6].Sample(changes =>
        {
            byte[] bytes = [.. Valid];
            foreach (var (at, value) in changes)
                bytes[at] = value;
            Survives(bytes);
        }, iter: 5_000, threads: 1);

    [Fact]
    public void Json_with_changed_bytes_is_read_or_refused() =>
        Gen.Select(Gen.Int[0, ValidJson.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            byte[] bytes = [.. ValidJson];
            foreach (var (at, value) in changes)
                bytes[at] = value;
            try
            {
                Survives(OtlpJson.ToProtobuf(bytes).ToArray());
            }
            catch (WireFormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }, iter: 5_000, threads: 1);

    /// <summary>Whatever comes: an error of the one kind, or samples whose labels are sound.</summary>
    static void Survives(byte[] bytes)
    {
        var reader = new ReaderCase();
        try
        {
            reader.Read(bytes);
        }
        catch (WireFormatException e)
        {
            Assert.InRange(e.Offset, 0, bytes.Length);
            return;
        }
        foreach (var series in reader.Batch.Series)
            Assert.True(series.Labels.Name.Length > 0 && series.Labels["host"].Length > 0);
    }
}
