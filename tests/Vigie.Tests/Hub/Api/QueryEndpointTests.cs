using System.Net;
using System.Text.Json;
using CsCheck;
using Vigie.Core.Metrics;
using Vigie.Hub.Api;

namespace Vigie.Tests.Hub.Api;

/// <summary>The envelopes of Prometheus' API, byte for byte.</summary>
public sealed class QueryEndpointTests : IAsyncLifetime
{
    ApiStage _stage = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await ApiStage.StartAsync();
        await _stage.AddAsync("heat", "a", MetricKind.Gauge, 1, 2.5, double.NaN);
        await _stage.AddAsync("heat", "b", MetricKind.Gauge, double.PositiveInfinity, -1e-7, 12345678901234567890);
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    public static TheoryData<string, string> Answers()
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Cases", "Api", "answers.txt"))
            .Where(l => l.Length > 0 && l[0] != '#').ToList();
        return [.. lines.Where((_, i) => i % 2 == 0).Zip(lines.Where((_, i) => i % 2 == 1))];
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_is_what_prometheus_would_write(string path, string expected) =>
        Assert.Equal((HttpStatusCode.OK, expected), await _stage.GetAsync(path));

    [Theory]
    [InlineData("/api/v1/query", 400, "bad_data", "invalid parameter \"query\": 1:1: parse error: expected")]
    [InlineData("/api/v1/query?query=sum(", 400, "bad_data", "1:5: parse error: expected")]
    [InlineData("/api/v1/query?query=heat&time=noon", 400, "bad_data", "\"time\": cannot parse \"noon\" to a valid timestamp")]
    [InlineData("/api/v1/query?query=heat&limit=x", 400, "bad_data", "invalid parameter \"limit\"")]
    [InlineData("/api/v1/query?query=heat&timeout=x", 400, "bad_data", "cannot parse \"x\" to a valid duration")]
    [InlineData("/api/v1/query?query=heat+and+on(x)+heat+*+on(x)+heat", 422, "execution", "many-to-many matching not allowed")]
    [InlineData("/api/v1/query_range?query=heat", 400, "bad_data", "invalid parameter \"start\"")]
    [InlineData("/api/v1/query_range?query=heat&start=2&end=1&step=1", 400, "bad_data", "end timestamp must not be before start time")]
    [InlineData("/api/v1/query_range?query=heat&start=1&end=2&step=0", 400, "bad_data", "zero or negative query resolution step")]
    [InlineData("/api/v1/query_range?query=heat&start=0&end=11000&step=1", 400, "bad_data", "exceeded maximum resolution of 11,000 points")]
    [InlineData("/api/v1/query_range?query=heat%5B1m%5D&start=1&end=2&step=1", 400, "bad_data", "invalid expression type range vector")]
    [InlineData("/api/v1/series", 400, "bad_data", "no match[] parameter provided")]
    [InlineData("/api/v1/series?match[]=rate(heat%5B1m%5D)", 400, "bad_data", "is no selector")]
    [InlineData("/api/v1/labels?match[]=%7B", 400, "bad_data", "invalid parameter \"match[]\"")]
    [InlineData("/api/v1/format_query?query=%3D", 400, "bad_data", "parse error")]
    public async Task What_is_wrong_is_told_in_the_form_of_the_api(string path, int status, string type, string part)
    {
        var (got, body) = await _stage.GetAsync(path);
        Assert.Equal(status, (int)got);
        var error = JsonDocument.Parse(body).RootElement;
        Assert.Equal("error", error.GetProperty("status").GetString());
        Assert.Equal(type, error.GetProperty("errorType").GetString());
        Assert.Contains(part, error.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_query_past_a_limit_names_it()
    {
        await using var stage = await ApiStage.StartAsync(o => o with { Queries = o.Queries with { MaxSeries = 1 } });
        await stage.AddAsync("heat", "a", MetricKind.Gauge, 1);
        await stage.AddAsync("heat", "b", MetricKind.Gauge, 1);
        var (status, body) = await stage.GetAsync("/api/v1/query?query=heat");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("more than 1 series", body);
        Assert.Contains("MaxSeries", body);
    }

    [Fact]
    public async Task A_form_is_read_before_the_address()
    {
        var (status, body) = await _stage.PostAsync("/api/v1/query?query=2", ("query", "1+2"), ("time", "7"));
        Assert.Equal((HttpStatusCode.OK, """{"status":"success","data":{"resultType":"scalar","result":[7,"3"]}}"""), (status, body));
    }

    [Fact]
    public async Task A_lookback_of_its_own_is_looked_back()
    {
        var late = await _stage.DataAsync($"/api/v1/query?query=heat&time={ApiStage.At(400)}&lookback_delta=10m");
        Assert.Equal(2, late.GetProperty("result").GetArrayLength());
        var none = await _stage.DataAsync($"/api/v1/query?query=heat&time={ApiStage.At(400)}");
        Assert.Equal(0, none.GetProperty("result").GetArrayLength());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_answer_is_compressed_when_the_client_can_read_it(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/query?query=heat");
        request.Headers.Add("Accept-Encoding", encoding);
        var response = await _stage.Client.SendAsync(request);
        Assert.Equal(encoding, Assert.Single(response.Content.Headers.ContentEncoding));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1.5e-5, "0.000015")]
    [InlineData(9.99e-7, "9.99e-07")]
    [InlineData(-5e-324, "-5e-324")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(-123456789012345680, "-123456789012345680")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(-0.0, "-0")]
    [InlineData(-0.25, "-0.25")]
    [InlineData(-3.0001, "-3.0001")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(12345678901.05, "12345678901.05")]
    [InlineData(99999999999.9999, "99999999999.9999")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    public void A_number_is_written_as_go_writes_it(double value, string expected)
    {
        Span<byte> text = stackalloc byte[NumberText.MostBytes];
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(text[..NumberText.Write(value, text)]));
    }

    [Fact]
    public void Any_number_reads_back_as_itself_in_the_fewest_digits()
    {
        var number = Gen.OneOf(Gen.Double, Gen.Double[-1, 1], Gen.Double[-1e6, 1e6], Gen.Int.Select(i => i / 10_000.0),
            Gen.Long.Select(l => l / 100.0), Gen.Int.Select(i => (double)i));
        number.Sample(value =>
        {
            Span<byte> text = stackalloc byte[NumberText.MostBytes];
            string written = System.Text.Encoding.ASCII.GetString(text[..NumberText.Write(value, text)]);
            if (!double.IsFinite(value))
                return;
            Assert.Equal(value, double.Parse(written, System.Globalization.CultureInfo.InvariantCulture));
            static int Digits(string number) => number.Split('E', 'e')[0].Where(char.IsAsciiDigit).SkipWhile(c => c == '0').Count();
            string plain = value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            if (plain.Contains('.', StringComparison.Ordinal) && !plain.Contains('E', StringComparison.Ordinal))
                Assert.Equal(Digits(plain), Digits(written));
        }, iter: 20_000);
    }

    [Fact]
    public void Points_of_any_number_and_time_are_written_as_one_by_one()
    {
        Gen.Select(Gen.Long[-10_000_000_000_000, 10_000_000_000_000].Array[0, 900], Gen.Double, Gen.Int[0, 50]).Array[1, 4].Sample(series =>
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            var writer = new PointWriter(buffer);
            var expected = new System.Text.StringBuilder();
            Span<byte> one = stackalloc byte[PointWriter.MostOfPoint];
            foreach (var (times, value, step) in series)
            {
                double[] values = [.. times.Select((_, i) => value + (i * step))];
                writer.Write(times, values);
                expected.Append('[');
                for (int i = 0; i < times.Length; i++)
                    expected.Append(i > 0 ? "," : "")
                        .Append(System.Text.Encoding.ASCII.GetString(one[..PointWriter.WriteOne(times[i], values[i], one)]));
                expected.Append(']');
            }
            Assert.Equal(expected.ToString(), System.Text.Encoding.ASCII.GetString(buffer.WrittenSpan));
        }, iter: 200);
    }
}
