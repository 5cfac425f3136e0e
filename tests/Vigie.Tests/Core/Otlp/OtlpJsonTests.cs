using System.Text;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;

namespace Vigie.Tests.Core.Otlp;

public sealed class OtlpJsonTests
{
    readonly ReaderCase _case = new();

    SampleReading Read(string json) => _case.Read(OtlpJson.ToProtobuf(Encoding.UTF8.GetBytes(json)).Span);

    static string Metric(string metric) => """{"resourceMetrics":[{"scopeMetrics":[{"scope":{"name":"s"},"metrics":[""" + metric + "]}]}]}";

    static string Point(string fields) => Metric("""{"name":"m","gauge":{"dataPoints":[{""" + fields + "}]}}");

    static string Error(string json) => Assert.Throws<WireFormatException>(() => OtlpJson.ToProtobuf(Encoding.UTF8.GetBytes(json))).Message;

    [Fact]
    public void A_request_in_the_specification_s_spelling_is_read()
    {
        var reading = Read("""
            {
              "resourceMetrics": [{
                "resource": { "attributes": [ { "key": "host.name", "value": { "stringValue": "alpha" } },
                  { "key": "host.ip", "value": { "arrayValue": { "values": [ { "stringValue": "192.0.2.1" }, { "stringValue": "192.0.2.2" } ] } } } ] },
                "scopeMetrics": [{
                  "scope": { "name": "s", "version": "1", "attributes": [] },
                  "metrics": [
                    { "name": "system.disk.io", "unit": "By", "description": "Bytes moved.",
                      "sum": { "aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [
                        { "asInt": "9007199254740993", "startTimeUnixNano": "1544712660300000000", "timeUnixNano": "1795348800000000000",
                          "attributes": [ { "key": "system.device", "value": { "stringValue": "sda" } }, { "key": "n", "value": { "intValue": "-3" } },
                            { "key": "b", "value": { "boolValue": false } }, { "key": "d", "value": { "doubleValue": 0.5 } },
                            { "key": "y", "value": { "bytesValue": "AQID" } },
                            { "key": "k", "value": { "kvlistValue": { "values": [ { "key": "x", "value": { "stringValue": "1" } } ] } } } ] } ] } },
                    { "name": "g", "gauge": { "dataPoints": [ { "asDouble": 2.5, "timeUnixNano": 1795348800000000000, "flags": 0 } ] } }
                  ]
                }]
              }]
            }
            """);
        Assert.Equal((0, null), (reading.Refused, reading.Reason));
        Assert.Equal(
            ["system_disk_io_bytes_total{b=\"false\", d=\"0.5\", device=\"sda\", host=\"alpha\", k=\"x=1\", n=\"-3\", y=\"AQID\"}",
                "g{host=\"alpha\"}"],
            _case.Batch.Series.ToArray().Select(s => s.Labels.ToString()));
        Assert.Equal([9007199254740993d, 2.5], _case.Batch.Values.ToArray());
        Assert.Equal([1795348800000, 1795348800000], _case.Batch.TimesMs.ToArray());
        Assert.Equal("192.0.2.1 192.0.2.2", reading.Hosts[0].Attributes["host.ip"]);
    }

    [Theory]
    [InlineData("\"asDouble\":\"NaN\"", double.NaN)]
    [InlineData("\"asDouble\":\"Infinity\"", double.PositiveInfinity)]
    [InlineData("\"asDouble\":\"-Infinity\"", double.NegativeInfinity)]
    [InlineData("\"asDouble\":\"1.5e3\"", 1500)]
    [InlineData("\"asDouble\":1e-3", 0.001)]
    [InlineData("\"asDouble\":7", 7)]
    [InlineData("\"asInt\":\"-7\"", -7)]
    [InlineData("\"asInt\":7", 7)]
    [InlineData("\"asInt\":\"-9223372036854775808\"", long.MinValue)]
    [InlineData("\"asDouble\":null,\"asInt\":\"3\"", 3)]
    public void Numbers_are_taken_as_numbers_and_as_texts(string value, double expected)
    {
        Read(Point($"\"timeUnixNano\":\"1795348800000000000\",{value}"));
        Assert.Equal(expected, _case.Batch.Values[0]);
    }

    [Fact]
    public void The_flag_of_no_recorded_value_is_the_stale_marker()
    {
        Read(Point("\"timeUnixNano\":\"1795348800000000000\",\"flags\":1"));
        Assert.True(StaleMarker.Is(_case.Batch.Values[0]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"resourceMetrics":null}""")]
    [InlineData("""{"resourceMetrics":[]}""")]
    [InlineData("""{"resourceMetrics":[{}]}""")]
    [InlineData("""{"resource_metrics":[{"scope_metrics":3}],"future":{"x":[1]}}""")] // keys nobody knows
    [InlineData("""{"resourceMetrics":[{"resource":null,"schemaUrl":"u","scopeMetrics":[{"metrics":[{"name":"m","gauge":null}]}]}]}""")]
    public void What_says_nothing_is_no_error(string json) => Assert.Equal((0, 0), (Read(json).Refused, _case.Batch.Count));

    [Theory]
    [InlineData("", "this is not JSON")]
    [InlineData("{", "this is not JSON")]
    [InlineData("{} {}", "this is not JSON")]
    [InlineData("{}x", "this is not JSON")]
    [InlineData("[]", "the body is Array where an object is expected")]
    [InlineData("""{"resourceMetrics":{}}""", "resourceMetrics is Object where a list is expected")]
    [InlineData("""{"resourceMetrics":[{"scopeMetrics":[7]}]}""",
        "resourceMetrics[0].scopeMetrics[0] is Number 7 where an object is expected")]
    [InlineData("""{"resourceMetrics":[{},{"resource":[]}]}""", "resourceMetrics[1].resource is Array where an object is expected")]
    public void Errors_name_the_place(string json, string message) => Assert.Contains(message, Error(json));

    [Theory]
    [InlineData("\"timeUnixNano\":\"soon\"", "dataPoints[0].timeUnixNano is String \"soon\" where a whole number")]
    [InlineData("\"timeUnixNano\":-1", ".timeUnixNano is Number -1 where a whole number from 0 on")]
    [InlineData("\"asInt\":1.5", ".asInt is Number 1.5 where a whole number")]
    [InlineData("\"asDouble\":\"many\"", ".asDouble is String \"many\" where a number")]
    [InlineData("\"asDouble\":true", ".asDouble is True where a number")]
    [InlineData("\"attributes\":[{\"key\":7}]", ".attributes[0].key is Number 7 where a string")]
    [InlineData("\"attributes\":[{\"key\":\"k\",\"value\":\"v\"}]", ".attributes[0].value is String \"v\" where an object")]
    [InlineData("\"attributes\":[{\"key\":\"k\",\"value\":{\"boolValue\":\"true\"}}]",
        ".attributes[0].value.boolValue is String \"true\" where true or false")]
    [InlineData("\"attributes\":[{\"key\":\"k\",\"value\":{\"bytesValue\":5}}]", ".value.bytesValue is Number 5 where base64")]
    public void Errors_inside_a_point_name_the_path(string fields, string message) =>
        Assert.Contains("resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0]", Holding(message, Error(Point(fields))));

    static string Holding(string part, string text)
    {
        Assert.Contains(part, text);
        return text;
    }

    [Theory]
    [InlineData("\"AGGREGATION_TEMPORALITY_CUMULATIVE\"", "true", ".sum.aggregationTemporality is String")]
    [InlineData("2", "\"yes\"", ".sum.isMonotonic is String \"yes\" where true or false")]
    public void Names_of_enumerations_and_truths_as_texts_are_refused(string temporality, string monotonic, string message) =>
        Assert.Contains(message,
        Error(Metric($$$"""{"name":"m","sum":{"aggregationTemporality":{{{temporality}}},"isMonotonic":{{{monotonic}}},"dataPoints":[]}}""")));

    [Fact]
    public void Points_of_histograms_are_counted()
    {
        var reading = Read(Metric("""{"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[{"count":"3"},{"count":"4"}]}}"""));
        Assert.Equal(2, reading.Refused);
    }

    [Fact]
    public void A_text_that_is_no_unicode_is_an_error()
    {
        Assert.Contains("not valid Unicode", Error("""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"\ud800"}]}]}]}"""));
        byte[] bytes = Encoding.Latin1.GetBytes(Metric("""{"name":"é"}"""));
        Assert.Throws<WireFormatException>(() => OtlpJson.ToProtobuf(bytes));
    }

    [Fact]
    public void Nesting_past_the_limit_is_an_error() =>
        Assert.Contains("this is not JSON", Error(string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100)));
}
