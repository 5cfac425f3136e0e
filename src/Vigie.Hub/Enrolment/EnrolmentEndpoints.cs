using Microsoft.AspNetCore.Mvc;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Enrolment;

/// <summary>What a new server asks of the hub: the script, the agent, a credential. Answers are plain text, for a shell.</summary>
static class EnrolmentEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/install", Script);
        routes.MapGet("/install/{file}", Agent);
        routes.MapPost("/api/v1/enroll", EnrollAsync).DisableAntiforgery();
    }

    static IResult Script(HttpContext context, [FromServices] AgentFiles agents, [FromServices] HubOptions options)
    {
        // The server that asks reaches the hub by this address; a set one is the administrator's word.
        string hub = options.Server.PublicUrl.Length > 0 ? options.PublicUrl() : $"{context.Request.Scheme}://{context.Request.Host}";
        return InstallScript.IsAddress(hub)
            ? Results.Text(InstallScript.For(hub, agents))
            : Results.Text($"this is no address of a hub: {hub.Length} signs, some of which an address has not", statusCode: 400);
    }

    static IResult Agent(string file, [FromServices] AgentFiles agents) => agents.Find(file) is { } path
        ? Results.File(path, "application/octet-stream")
        : Results.Text($"the hub has no such agent; {agents.Remedy}", statusCode: 404);

    static async Task<IResult> EnrollAsync(HttpContext context, [FromServices] EnrolmentStore enrolments)
    {
        string name = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(context.RequestAborted))["name"].ToString() : "";
        if (name.Length is 0 or > 80 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            return Results.Text("give the server's name as the form's field \"name\": up to 80 letters, digits, dots and dashes", statusCode: 400);
        if (!TokenAuthentication.Applies(context.Request))
            return Results.Text("an enrolment token is missing: Authorization: Bearer enroll_…", statusCode: 401);
        try
        {
            return await enrolments.RedeemAsync(TokenAuthentication.Shown(context.Request), name, context.RequestAborted) is { } credential
                ? Results.Text(credential)
                : Results.Text("this enrolment token is unknown, used up or too old; `vigie enroll` on the hub prints a new one", statusCode: 403);
        }
        catch (StoreUnavailableException e)
        {
            return Results.Text(e.Message, statusCode: 503);
        }
    }
}
