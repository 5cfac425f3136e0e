using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Vigie.Agent.Checks;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;

namespace Vigie.Hub.Heartbeats;

/// <summary>
/// How jobs tell of themselves: <c>vigie-agent ran</c> with a token for writing, and whatever can ask for an address with one for pushing,
/// in the words of Uptime Kuma (<c>/api/push/TOKEN?status=up&amp;msg=…&amp;ping=…</c>) or of Healthchecks (<c>/ping/TOKEN</c>, and behind it
/// <c>/start</c>, <c>/fail</c> or an exit code). Behind each may stand <c>every=1d</c>.
/// </summary>
static class HeartbeatEndpoints
{
    const string Unknown = "there is no such address for pushing; `vigie token create --scope push --name HOST/JOB` makes one";
    const int MostBody = 10_000;

    static readonly string[] Methods = ["GET", "HEAD", "POST"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/heartbeat", HandleAsync);
        routes.MapMethods("/api/push/{token}", Methods, PushAsync);
        routes.MapMethods("/ping/{token}", Methods, (HttpContext context, string token, [FromServices] TokenStore tokens,
            [FromServices] Heartbeats beats, [FromQuery] string? every) => PingAsync(context, tokens, beats, token, "", every));
        routes.MapMethods("/ping/{token}/{signal}", Methods, (HttpContext context, string token, string signal,
            [FromServices] TokenStore tokens, [FromServices] Heartbeats beats, [FromQuery] string? every) =>
            PingAsync(context, tokens, beats, token, signal, every));
    }

    static async Task<IResult> HandleAsync(HttpContext context, [FromServices] Heartbeats beats, [FromQuery] string? host,
        [FromQuery] string? job, [FromQuery] string? state, [FromQuery] long? exit, [FromQuery] double? seconds, [FromQuery] string? text,
        [FromQuery] string? every)
    {
        var ct = context.RequestAborted;
        if (state is not ("start" or "end"))
            return Results.Text("state must be start or end", statusCode: 400);
        if (HostBound.Refusal(HostBound.Of(context.User), host ?? "") is { } refusal)
            return Results.Text(refusal, statusCode: 403);
        return await AnswerAsync(Period(every) is var (period, wrong) && wrong is not null ? new(wrong)
            : state == "start" ? beats.StartedAsync(host ?? "", job ?? "", period, ct)
            : beats.EndedAsync(host ?? "", job ?? "", exit ?? 0, seconds, CheckText.Line(text ?? ""), period, ct),
            (status, said) => Results.Text(said, statusCode: status));
    }

    static async Task<IResult> PushAsync(HttpContext context, string token, [FromServices] TokenStore tokens, [FromServices] Heartbeats beats,
        [FromQuery] string? status, [FromQuery] string? msg, [FromQuery] string? ping, [FromQuery] string? every)
    {
        var ct = context.RequestAborted;
        if (await JobAsync(tokens, token, ct) is not var (host, job))
            return Results.Json(new { ok = false, msg = Unknown }, statusCode: 404);
        double? seconds = double.TryParse(ping, NumberStyles.Float, CultureInfo.InvariantCulture, out double ms) ? ms / 1000 : null;
        return await AnswerAsync(Period(every) is var (period, wrong) && wrong is not null ? new(wrong)
            : beats.EndedAsync(host, job, status is null or "up" ? 0 : 1, seconds, CheckText.Line(msg ?? ""), period, ct),
            (code, said) => code == 200 ? Results.Json(new { ok = true }) : Results.Json(new { ok = false, msg = said }, statusCode: code));
    }

    static async Task<IResult> PingAsync(HttpContext context, TokenStore tokens, Heartbeats beats, string token, string signal, string? every)
    {
        var ct = context.RequestAborted;
        if (await JobAsync(tokens, token, ct) is not var (host, job))
            return Results.Text(Unknown, statusCode: 404);
        long code = signal == "fail" ? 1 : 0;
        if (signal is not ("" or "start" or "fail" or "log")
            && !(long.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code <= 255))
            return Results.Text("behind the token may stand start, fail, log or an exit code from 0 to 255", statusCode: 400);
        string text = await TextAsync(context.Request, ct);
        return await AnswerAsync(Period(every) is var (period, wrong) && wrong is not null ? new(wrong)
            : signal == "log" ? new((string?)null)
            : signal == "start" ? beats.StartedAsync(host, job, period, ct)
            : beats.EndedAsync(host, job, code, null, CheckText.Line(text), period, ct),
            (status, said) => Results.Text(status == 200 ? "OK" : said, statusCode: status));
    }

    static async Task<IResult> AnswerAsync(ValueTask<string?> noting, Func<int, string, IResult> answer)
    {
        try
        {
            return await noting is { } wrong ? answer(400, wrong) : answer(200, "");
        }
        catch (StoreUnavailableException)
        {
            return answer(503, "the hub can't store now; send it again");
        }
    }

    /// <summary>A token for pushing is named by what it is for: HOST/JOB, or JOB alone.</summary>
    static async ValueTask<(string Host, string Job)?> JobAsync(TokenStore tokens, string token, CancellationToken ct)
    {
        if (await tokens.CheckAsync(token, ct) is not { } caller || caller.FindFirst(Claims.Scope)?.Value is not "push")
            return null;
        string name = caller.FindFirst(Claims.Token)!.Value;
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < name.Length - 1 ? (name[..slash], name[(slash + 1)..]) : ("", name);
    }

    static (double? Seconds, string? Wrong) Period(string? every) => every is null ? (null, null)
        : CheckArguments.TryTime(every, out var time) ? (time.TotalSeconds, null)
        : (null, $"every: \"{every}\" is no time; write it like 5m, 2h or 1d");

    static async ValueTask<string> TextAsync(HttpRequest request, CancellationToken ct)
    {
        if (!HttpMethods.IsPost(request.Method))
            return "";
        var body = new byte[MostBody];
        int length = await request.Body.ReadAtLeastAsync(body, MostBody, throwOnEndOfStream: false, ct);
        return Encoding.UTF8.GetString(body, 0, length).TrimEnd();
    }
}
