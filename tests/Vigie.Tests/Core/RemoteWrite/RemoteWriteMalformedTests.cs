using CsCheck;
using Vigie.Core.Protobuf;
using Vigie.Core.RemoteWrite;
using Vigie.Tests.Support;
using static Vigie.Core.RemoteWrite.RemoteWriteVersion;
using static Vigie.Tests.Core.RemoteWrite.WriteCase;

namespace Vigie.Tests.Core.RemoteWrite;

public sealed class RemoteWriteMalformedTests
{
    static readonly SentSeries[] Three =
    [
        new(Named(("host", "alpha"), ("job", "node")), [(NowMs, 1.5), (NowMs - 1000, -1)]),
        new(Named(("instance", "beta:9100")), [(NowMs, double.NaN)]) { Exemplars = 1, Histograms = 1, Metadata = (1, "Help.", "By") },
        new([("__name__", "n")], [(NowMs, 0)]),
    ];

    static byte[] Valid(RemoteWriteVersion version) => version == V1
        ? [.. RemoteWriteRequest.V1(Three), .. RemoteWriteRequest.Metadata("m", 1, "Help.", "By")]
        : RemoteWriteRequest.V2(Three);

    /// <summary>Where a request of whole fields may end: it is a smaller request then.</summary>
    static HashSet<int> Ends(byte[] body)
    {
        var ends = new HashSet<int> { 0 };
        var reader = new ProtoReader(body, 0);
        while (reader.Next())
        {
            reader.Skip();
            ends.Add(reader.Position);
        }
        return ends;
    }

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void A_request_cut_inside_a_field_is_an_error_for_a_reader_that_knows_it_and_for_one_that_does_not(RemoteWriteVersion version)
    {
        byte[] valid = Valid(version);
        var ends = Ends(valid);
        var knowing = new WriteCase();
        knowing.Read(valid, version);
        for (int length = 0; length < valid.Length; length++)
        {
            if (ends.Contains(length))
                continue;
            Assert.Throws<WireFormatException>(() => new WriteCase().Read(valid.AsSpan(0, length), version));
            Assert.Throws<WireFormatException>(() => knowing.Read(valid.AsSpan(0, length), version));
        }
        Assert.Equal(1, knowing.Read(valid, version).Refused); // its histogram: it has come to no harm
    }

    [Theory]
    [InlineData(V1, "0aff", "ends inside a number")]
    [InlineData(V1, "0a020a05", "5 bytes is announced where 0 are left")]
    [InlineData(V1, "0affffffff0f", "4294967295 bytes is announced")]
    [InlineData(V1, "0801", "wire type 0 where 2 is expected")]
    [InlineData(V1, "0b0c", "wire type 3 where 2 is expected")]
    [InlineData(V1, "1801", "wire type 0 where 2 is expected")] // metadata as a number
    [InlineData(V1, "0000", "field number 0")]
    [InlineData(V2, "2a00", "series but no symbols")]
    [InlineData(V2, "2000", "wire type 0 where 2 is expected")]
    [InlineData(V2, "2201612a00", "the first symbol is not the empty text")]
    [InlineData(V2, "22002a030a01ff", "ends inside a number")]
    [InlineData(V2, "22002a0509", "5 bytes is announced where 1 are left")]
    public void Malformed_bytes_are_told_with_their_place(RemoteWriteVersion version, string hex, string message)
    {
        var e = Assert.Throws<WireFormatException>(() => new WriteCase().Read(Convert.FromHexString(hex), version));
        Assert.Contains(message, e.Message);
        Assert.Contains("(at byte ", e.Message);
        Assert.InRange(e.Offset, 0, hex.Length / 2);
    }

    [Theory]
    [InlineData(1, 2), InlineData(2, 1)]
    public void A_number_of_a_sample_that_has_the_wrong_type_is_an_error(int right, int wrong)
    {
        var writer = new ProtoWriter();
        int series = writer.Begin(1), label = writer.Begin(1);
        writer.String(1, "__name__");
        writer.String(2, "m");
        writer.End(label);
        int sample = writer.Begin(2);
        if (right == 1)
            writer.Double(wrong, 1);
        else
            writer.Varint(wrong, 1);
        writer.End(sample);
        writer.End(series);
        Assert.Throws<WireFormatException>(() => new WriteCase().Read(writer.Written.Span));
    }

    [Fact]
    public void Fields_nobody_knows_are_passed_over_and_labels_may_stand_apart()
    {
        var writer = new ProtoWriter();
        int series = writer.Begin(1);
        Label("__name__", "m");
        Sample(NowMs - 1);
        writer.Varint(100, 7);
        Label("a", "1");
        Label("b", "2");
        Sample(NowMs);
        Label("c", "3");
        writer.End(series);
        writer.Fixed64(101, 7);
        writer.Bytes(2, [1, 2]); // reserved: another project's
        var one = new WriteCase();
        foreach (int _ in new[] { 1, 2 })
        {
            Assert.Equal(0, one.Read(writer.Written.Span).Refused);
            Assert.Equal(["m{a=\"1\", b=\"2\", c=\"3\", host=\"token-7\"}"], one.Rows.Select(r => r.Series).Distinct());
            Assert.Equal([NowMs - 1, NowMs], one.Rows.Select(r => r.TimeMs));
        }
        // and not taken for the series that begins with the same labels
        var first = one.Take(V1, Named());
        one.Read([.. RemoteWriteRequest.V1(RemoteWriteRequest.One(NowMs, ("__name__", "before"))), .. RemoteWriteRequest.V1(
            RemoteWriteRequest.One(NowMs, Named()))]);
        one.Read([.. RemoteWriteRequest.V1(RemoteWriteRequest.One(NowMs, ("__name__", "before"))), .. writer.Written.Span]);
        Assert.Equal("3", one.Batch.Series[1].Labels["c"]);
        Assert.Equal("", first.Labels["c"]);

        void Label(string name, string value)
        {
            int label = writer.Begin(1);
            writer.String(1, name);
            writer.String(2, value);
            writer.End(label);
        }

        void Sample(long timeMs)
        {
            int sample = writer.Begin(2);
            writer.Double(1, 1);
            writer.Varint(2, (ulong)timeMs);
            writer.Varint(3, 7); // version 2.0's start of a counter
            writer.End(sample);
        }
    }

    [Fact]
    public void Random_bytes_are_read_or_refused() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        Survives(bytes, V1);
        Survives(bytes, V2);
        Survives([0x22, 0, .. bytes], V2);
    }, iter: 5_000, threads: 1);

    [Fact]
    public void Valid_requests_with_changed_bytes_are_read_or_refused()
    {
        byte[][] valid = [Valid(V1), Valid(V2)];
        Gen.Select(Gen.Bool, Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 6]).Sample((second, changes) =>
        {
            byte[] bytes = [.. valid[second ? 1 : 0]];
            foreach (var (at, value) in changes)
                bytes[(int)(at * (bytes.Length - 1))] = value;
            Survives(bytes, second ? V2 : V1);
        }, iter: 10_000, threads: 1);
    }

    /// <summary>Whatever comes: an error of the one kind, or samples whose labels are sound; and the reader goes on.</summary>
    static void Survives(byte[] bytes, RemoteWriteVersion version)
    {
        var one = new WriteCase();
        foreach (int _ in new[] { 1, 2 })
        {
            try
            {
                one.Read(bytes, version);
            }
            catch (WireFormatException e)
            {
                Assert.InRange(e.Offset, 0, bytes.Length);
                one.Batch.Clear();
            }
            foreach (var series in one.Batch.Series)
                Assert.True(series.Labels.Name.Length > 0 && series.Labels["host"].Length > 0);
        }
        Assert.Equal("m", one.Take(version, Named()).Labels.Name);
    }
}
