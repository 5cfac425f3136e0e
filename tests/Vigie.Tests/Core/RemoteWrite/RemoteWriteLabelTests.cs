using System.Text;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;
using Vigie.Core.RemoteWrite;
using Vigie.Tests.Support;
using static Vigie.Core.RemoteWrite.RemoteWriteVersion;
using static Vigie.Tests.Core.RemoteWrite.WriteCase;

namespace Vigie.Tests.Core.RemoteWrite;

public sealed class RemoteWriteLabelTests
{
    readonly WriteCase _case = new();

    /// <summary>The series between two good ones is refused; they are taken, also when all of it comes again.</summary>
    void Refused(string reason, params (string, string)[] labels)
    {
        foreach (var version in new[] { V1, V2, V1, V2 })
        {
            var reading = _case.Send(version, RemoteWriteRequest.One(NowMs, Named(("host", "a"))),
                new(labels, [(NowMs, 1), (NowMs + 1, 2), (NowMs + 2, 3)]), RemoteWriteRequest.One(NowMs, Named(("host", "b"))));
            Assert.Equal((2, 3, $"3 refused: {reason}"), (_case.Batch.Count, reading.Refused, reading.Reason));
            Assert.Equal(["a", "b"], reading.Hosts.Select(h => h.Name));
        }
        Assert.Equal(2, _case.Reader.SeriesCount);
    }

    [Fact]
    public void A_series_without_a_name_is_refused()
    {
        Refused("a series has no name (__name__)", ("host", "a"), ("job", "node"));
        Refused("a series has no name (__name__)", ("__name__", ""), ("host", "a"));
        Refused("a series has no name (__name__)");
    }

    [Fact]
    public void A_label_without_a_name_is_refused() => Refused("a label has no name", ("", "x"), ("__name__", "m"));

    [Fact]
    public void A_label_that_stands_twice_is_refused_even_with_one_value()
    {
        Refused("a series has the label \"a\" twice", Named(("a", "1"), ("a", "2")));
        Refused("a series has the label \"a\" twice", Named(("a", "1"), ("b", "1"), ("a", "1")));
        Refused("a series has the label \"__name__\" twice", Named(("__name__", "m")));
        Refused("a series has the label \"a\" twice", Named(("a", ""), ("a", "1")));
        Refused("a series has the label \"??\" twice", Named(("\n\u001b", "1"), ("\n\u001b", "1")));
    }

    /// <summary>A reason names the label, and the sender chooses the label.</summary>
    [Fact]
    public void Reasons_without_end_are_counted_together()
    {
        var reading = _case.Send(V1, [.. Enumerable.Range(0, 5_000)
            .Select(i => RemoteWriteRequest.One(NowMs, Named(($"{i}", "1"), ($"{i}", "2"))))]);
        Assert.Equal(5_000, reading.Refused);
        Assert.EndsWith("; 4980 refused: other reasons", reading.Reason);
        Assert.InRange(reading.Reason!.Length, 1, 2_000);
    }

    [Fact]
    public void Labels_are_sorted_and_any_text_may_be_one()
    {
        (string, string)[] hostile =
        [
            ("z", "</script><script>alert(1)</script>"), ("a\"b", "\"}"), ("é", "\u0000\n\\"), ("host", "../../etc/passwd"),
            ("__x__", "😀"), (" ", "'; DROP TABLE sample; --"),
        ];
        foreach (var version in new[] { V1, V2 })
        {
            var labels = _case.Take(version, Named(hostile)).Labels;
            Assert.Equal(hostile.Length + 1, labels.Count);
            Assert.All(hostile, h => Assert.Equal(h.Item2, labels[h.Item1]));
            var names = labels.Span.ToArray().Select(l => l.Name).ToList();
            Assert.Equal(names.Order(StringComparer.Ordinal), names);
        }
    }

    [Theory]
    [InlineData(V1, true), InlineData(V1, false), InlineData(V2, true), InlineData(V2, false)]
    public void A_label_that_is_not_utf8_is_refused(RemoteWriteVersion version, bool inName)
    {
        byte[] good = RemoteWriteRequest.Of(version, RemoteWriteRequest.One(NowMs, Named(("NAME", "VALUE"))));
        int at = good.AsSpan().IndexOf(Encoding.UTF8.GetBytes(inName ? "NAME" : "VALUE"));
        foreach (byte[] bad in new byte[][] { [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82, (byte)'x'] })
        {
            byte[] body = [.. good];
            bad.CopyTo(body, at);
            var reading = _case.Read(body, version);
            Assert.Equal((0, "1 refused: a label is not UTF-8"), (_case.Batch.Count, reading.Reason));
        }
    }

    [Theory]
    [InlineData(new ulong[] { 1, 2, 3 }, "a series has an odd number of references to labels")]
    [InlineData(new ulong[] { 1, 2, 3, 5 }, "a series' labels refer to symbols that the request has not")]
    [InlineData(new ulong[] { 1, 2, ulong.MaxValue, 3 }, "a series' labels refer to symbols that the request has not")]
    [InlineData(new ulong[] { 1, 2, 4294967297, 3 }, "a series' labels refer to symbols that the request has not")]
    [InlineData(new ulong[] { 0, 2 }, "a label has no name")]
    [InlineData(new ulong[] { }, "a series has no name (__name__)")]
    public void References_that_lead_nowhere_refuse_their_series_alone(ulong[] refs, string reason)
    {
        byte[] body =
        [
            .. RemoteWriteRequest.Symbols("", "__name__", "m", "host", "a"), .. RemoteWriteRequest.Referring(NowMs, refs),
            .. RemoteWriteRequest.Referring(NowMs, 1, 2, 3, 4),
        ];
        var reading = _case.Read(body, V2);
        Assert.Equal((1, $"1 refused: {reason}"), (_case.Batch.Count, reading.Reason));
        Assert.Equal("m{host=\"a\"}", _case.Rows[0].Series);
    }

    [Fact]
    public void References_may_stand_one_by_one_and_symbols_behind_the_series()
    {
        var writer = new ProtoWriter();
        int series = writer.Begin(5);
        foreach (ulong number in new ulong[] { 1, 2, 3, 4 })
            writer.Varint(1, number);
        int sample = writer.Begin(2);
        writer.Double(1, 1);
        writer.End(sample);
        writer.End(series);
        _case.Read([.. writer.Written.Span, .. RemoteWriteRequest.Symbols("", "__name__", "m", "host", "a")], V2);
        Assert.Equal("m{host=\"a\"}", _case.Rows[0].Series);
    }

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void Native_histograms_are_refused_and_exemplars_passed_over(RemoteWriteVersion version)
    {
        var reading = _case.Send(version, RemoteWriteRequest.One(NowMs, Named()) with { Exemplars = 2 },
            new SentSeries([("__name__", "h")], []) { Histograms = 2 }, new SentSeries([("__name__", "e")], []) { Exemplars = 2 },
            RemoteWriteRequest.One(NowMs, ("__name__", "both")) with { Histograms = 1 });
        Assert.Equal((2, "3 refused: native histograms are not stored: send classic ones"), (_case.Batch.Count, reading.Reason));
        Assert.Equal(2, _case.Reader.SeriesCount);
    }

    [Theory]
    [InlineData(V1), InlineData(V2)]
    public void A_sample_from_too_far_ahead_is_refused(RemoteWriteVersion version)
    {
        long most = NowMs + 600_000;
        var reading = _case.Send(version, new SentSeries(Named(), [(most, 1), (most + 1, 2), (long.MaxValue, 3), (NowMs, 4)]));
        Assert.Equal([most, NowMs], _case.Batch.TimesMs.ToArray());
        Assert.StartsWith("2 refused: a sample is more than 10 min ahead of the hub's clock", reading.Reason);
    }
}
