using System.Globalization;
using Microsoft.Extensions.Primitives;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Parsing;

namespace Vigie.Hub.Api;

/// <summary>The parameters of one request, of its address and of its form; the form's come first, as in Prometheus.</summary>
sealed class ApiRequest(HttpContext context, IFormCollection form)
{
    /// <summary>The instants that a time may name: the years 1 to 9999, with room to go back and forth from them.</summary>
    static readonly double EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
        LatestMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public HttpContext Http { get; } = context;

    public static async Task<ApiRequest> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return new(context, FormCollection.Empty);
        try
        {
            return new(context, await context.Request.ReadFormAsync(context.RequestAborted));
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            throw ApiException.Bad($"the form can't be read: {e.Message}");
        }
    }

    /// <summary>The first value under a name, empty when there is none.</summary>
    public string Text(string name) => All(name) is [{ } first, ..] ? first : "";

    /// <summary>All values under a name, of form and address.</summary>
    public StringValues All(string name) => StringValues.Concat(form[name], Http.Request.Query[name]);

    /// <summary>Unix seconds with a fraction, or RFC 3339. Milliseconds.</summary>
    /// <param name="otherwise">What an absent one means; null when it must be there.</param>
    public long TimeMs(string name, long? otherwise)
    {
        string text = Text(name);
        if (text.Length == 0)
        {
            return otherwise
                ?? throw ApiException.BadParameter(name, "it is missing; write Unix seconds or a time such as 2026-11-20T12:00:00Z");
        }
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            return double.IsFinite(seconds) ? (long)Math.Clamp(Math.Round(seconds * 1000), EarliestMs, LatestMs)
                : throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a valid timestamp");
        }
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.ToUnixTimeMilliseconds();
        throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a valid timestamp");
    }

    /// <summary>Seconds, or a duration such as 5m.</summary>
    public TimeSpan? Duration(string name)
    {
        string text = Text(name);
        if (text.Length == 0)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && Math.Abs(seconds) <= Durations.MaxMs / 1000)
            return TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        if (Durations.TryParse(text, out long ms))
            return TimeSpan.FromMilliseconds(ms);
        throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a valid duration");
    }

    /// <summary>How many of an answer's items are wanted.</summary>
    public int Limit(string name = "limit")
    {
        string text = Text(name);
        if (text.Length == 0)
            return int.MaxValue;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int limit) || limit < 0)
            throw ApiException.BadParameter(name, $"\"{text}\" is no number from 0");
        return limit == 0 ? int.MaxValue : limit;
    }

    public Expr Query(string name = "query")
    {
        try
        {
            return Expr.Parse(Text(name));
        }
        catch (PromQLException e)
        {
            throw ApiException.BadParameter(name, $"{e.At}: parse error: {e.Reason}");
        }
    }

    /// <summary>The selections of match[], over the range from start to end.</summary>
    public IReadOnlyList<SeriesSelection> Matches()
    {
        var (from, to) = (TimeMs("start", 0), TimeMs("end", (long)LatestMs));
        return to < from ? throw ApiException.BadParameter("end", "end timestamp must not be before start time")
            : [.. All("match[]").Select(text => new SeriesSelection(Matchers(text ?? ""), from, to))];
    }

    /// <summary>The range from start to end, whatever the series.</summary>
    public SeriesSelection Everything() => new([], TimeMs("start", 0), TimeMs("end", (long)LatestMs));

    static IReadOnlyList<LabelMatcher> Matchers(string text)
    {
        try
        {
            return Expr.Parse(text) is Selector { Shift: var shift } selector && shift == default
                ? selector.Matchers
                : throw ApiException.BadParameter("match[]", $"\"{text}\" is no selector");
        }
        catch (PromQLException e)
        {
            throw ApiException.BadParameter("match[]", $"{e.At}: parse error: {e.Reason}");
        }
    }
}
