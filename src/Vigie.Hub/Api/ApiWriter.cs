using System.Text.Encodings.Web;
using System.Text.Json;
using Vigie.Core.Metrics;
using Vigie.PromQL;

namespace Vigie.Hub.Api;

/// <summary>
/// The JSON of Prometheus' API, written to the connection as it is made: no value becomes a string of its own, and a slow reader
/// holds the writer up instead of filling memory.
/// </summary>
sealed class ApiWriter : IAsyncDisposable
{
    const int FlushFrom = 32 * 1024;

    static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly HttpContext _context;
    readonly Utf8JsonWriter _json;
    readonly PointWriter _points;
    long _unflushed;

    public ApiWriter(HttpContext context, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        (_context, _json, _points) = (context, new(context.Response.BodyWriter, Style), new(context.Response.BodyWriter));
        _json.WriteStartObject();
        _json.WriteString("status"u8, status < 300 ? "success"u8 : "error"u8);
    }

    public Utf8JsonWriter Json => _json;

    public async ValueTask ResultAsync(QueryResult result, int limit)
    {
        bool cut = false;
        _json.WriteStartObject("data"u8);
        switch (result)
        {
            case ScalarResult scalar:
                Type("scalar"u8);
                _json.WritePropertyName("result"u8);
                Point(scalar.TimeMs, scalar.Value);
                break;
            case StringResult text:
                Type("string"u8);
                _json.WriteStartArray("result"u8);
                Time(text.TimeMs);
                _json.WriteStringValue(text.Value);
                _json.WriteEndArray();
                break;
            case VectorResult vector:
                Type("vector"u8);
                cut = vector.Samples.Count > limit;
                await EachAsync(vector.Samples, limit, sample =>
                {
                    _json.WritePropertyName("value"u8);
                    Point(vector.TimeMs, sample.Value);
                }, sample => sample.Labels);
                break;
            case MatrixResult matrix:
                Type("matrix"u8);
                cut = matrix.Series.Count > limit;
                await EachAsync(matrix.Series, limit, Points, series => series.Labels);
                break;
        }
        _json.WriteEndObject();
        await EndAsync(cut ? [.. result.Warnings, Truncated] : result.Warnings, result.Infos);
    }

    public const string Truncated = "results truncated due to limit";

    /// <summary>A list whose items are written one by one.</summary>
    public async ValueTask ListAsync<T>(IReadOnlyList<T> items, int limit, Action<T> write)
    {
        _json.WriteStartArray("data"u8);
        for (int i = 0; i < items.Count && i < limit; i++)
        {
            write(items[i]);
            await FlushAsync();
        }
        _json.WriteEndArray();
        await EndAsync(items.Count > limit ? [Truncated] : [], []);
    }

    public void Metric(Labels labels)
    {
        _json.WriteStartObject();
        foreach (var label in labels.Span)
            _json.WriteString(label.Name, label.Value);
        _json.WriteEndObject();
    }

    public async ValueTask EndAsync(IReadOnlyList<string> warnings, IReadOnlyList<string> infos)
    {
        Texts("warnings"u8, warnings);
        Texts("infos"u8, infos);
        _json.WriteEndObject();
        await _json.FlushAsync(_context.RequestAborted);
    }

    void Type(ReadOnlySpan<byte> type) => _json.WriteString("resultType"u8, type);

    async ValueTask EachAsync<T>(IReadOnlyList<T> items, int limit, Action<T> write, Func<T, Labels> labels)
    {
        _json.WriteStartArray("result"u8);
        for (int i = 0; i < items.Count && i < limit; i++)
        {
            _json.WriteStartObject();
            _json.WritePropertyName("metric"u8);
            Metric(labels(items[i]));
            write(items[i]);
            _json.WriteEndObject();
            await FlushAsync();
        }
        _json.WriteEndArray();
    }

    void Points(SeriesSamples series)
    {
        _json.WritePropertyName("values"u8);
        _unflushed += _json.BytesPending;
        _json.Flush();
        _unflushed += _points.Write(series.TimesMs.Span, series.Values.Span);
    }

    void Point(long timeMs, double value)
    {
        Span<byte> text = stackalloc byte[PointWriter.MostOfPoint];
        _json.WriteRawValue(text[..PointWriter.WriteOne(timeMs, value, text)], skipInputValidation: true);
    }

    void Time(long timeMs)
    {
        Span<byte> text = stackalloc byte[NumberText.MostBytes];
        _json.WriteRawValue(text[..NumberText.WriteSeconds(timeMs, text)], skipInputValidation: true);
    }

    void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
            return;
        _json.WriteStartArray(name);
        foreach (string text in texts)
            _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    async ValueTask FlushAsync()
    {
        if (_unflushed + _json.BytesPending < FlushFrom)
            return;
        _unflushed = 0;
        await _json.FlushAsync(_context.RequestAborted);
        await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();
}
