using System.Text.Json;
using Vigie.Core.Otlp;
using Vigie.Hub.Ingest;
using Vigie.Hub.Web;

namespace Vigie.Hub.Accounts;

/// <summary>Holds each request against <see cref="AccessPolicy"/>: after routing and authentication, before anything else.</summary>
sealed class AccessMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        string? pattern = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var access = pattern is null ? null : AccessPolicy.Of(context.Request.Method, pattern);
        bool known = context.User.Identity is { IsAuthenticated: true };
        if (access is { } rule && AccessPolicy.Allows(rule, context.User))
            return next(context);
        // Without a login nobody learns which pages exist.
        if (!known)
            return RefuseStranger(context, access);
        if (access is null && IsBrowser(context))
            return NotFoundDocument.WriteAsync(context);
        return access is null
            ? WriteAsync(context, 404, "there is no such page")
            : WriteAsync(context, 403, "this token's scope does not allow it");
    }

    static Task RefuseStranger(HttpContext context, Access? access)
    {
        if (IsBrowser(context) && access is not Access.WriteToken)
        {
            context.Response.Redirect("/login?next=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString));
            return Task.CompletedTask;
        }
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(context, 401, TokenAuthentication.Applies(context.Request)
            ? "the token is unknown or revoked; `vigie token create` makes one"
            : "send a token: Authorization: Bearer …; `vigie token create` makes one");
    }

    static bool IsBrowser(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    /// <summary>OTLP's senders read a google.rpc.Status in their own encoding; everybody else reads JSON.</summary>
    static Task WriteAsync(HttpContext context, int status, string message)
    {
        bool otlp = context.Request.Path == OtlpEndpoint.Path;
        bool protobuf = otlp
            && context.Request.ContentType?.StartsWith("application/x-protobuf", StringComparison.OrdinalIgnoreCase) == true;
        context.Response.StatusCode = status;
        context.Response.ContentType = protobuf ? "application/x-protobuf" : "application/json";
        return context.Response.Body.WriteAsync(protobuf ? OtlpReply.Status(status, message)
            : otlp ? OtlpReply.StatusJson(status, message)
            : JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["status"] = "error",
                ["error"] = message,
            })).AsTask();
    }
}
