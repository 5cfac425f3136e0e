using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Vigie.Agent.Activity;
using Vigie.Agent.Checks;
using Vigie.Agent.Inventory;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Inventory;

namespace Vigie.Hub.Snapshots;

/// <summary>
/// Takes an agent's documents: <c>POST /api/v1/hosts/snapshot?kind=checks&amp;host=NAME</c>, an object in JSON, with gzip or without,
/// answered when it is durable. A host must have sent samples before.
/// </summary>
static class SnapshotEndpoint
{
    const int MostBytes = 1 << 20;

    /// <summary>The kinds that some part of the hub reads; others are refused, for they would lie here unread.</summary>
    static readonly string[] Kinds = [CheckDocument.Kind, InventoryDocument.Kind, ActivityDocument.Kind];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/hosts/snapshot", HandleAsync);

    static async Task<IResult> HandleAsync(HttpContext context, [FromServices] SnapshotStore store, [FromServices] HostDirectory hosts,
        [FromServices] ReportedInventory inventories, [FromServices] PackageChangeStore packages,
        [FromQuery] string? kind, [FromQuery] string? host)
    {
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
            return Results.Text($"kind must be one of {string.Join(", ", Kinds)}", statusCode: 400);
        if (HostBound.Refusal(HostBound.Of(context.User), host ?? "") is { } refusal)
            return Results.Text(refusal, statusCode: 403);
        if (host is null || hosts.Find(host) is null)
            return Later(context, "the host has sent no samples yet; send them first, then this again");
        try
        {
            using var body = await ReadAsync(context);
            using (var json = JsonDocument.Parse(body.Written))
                if (json.RootElement.ValueKind != JsonValueKind.Object)
                    return Results.Text("the body must be an object in JSON", statusCode: 400);
            var before = kind == InventoryDocument.Kind ? inventories.Of(host)?.Document : null;
            await store.SaveAsync(host, kind!, body.Written, context.RequestAborted);
            if (before is not null)
                await packages.NoteAsync(host, before, inventories.Of(host)?.Document, context.RequestAborted);
            return Results.NoContent();
        }
        catch (RefusedBodyException e)
        {
            return Results.Text(e.Message, statusCode: e.Status);
        }
        catch (JsonException e)
        {
            return Results.Text($"the body is no JSON: {e.Message}", statusCode: 400);
        }
        catch (StoreUnavailableException)
        {
            return Later(context, "the hub can't store now; send it again");
        }
    }

    static async ValueTask<PooledBytes> ReadAsync(HttpContext context)
    {
        string encoding = RequestBody.Encoding(context);
        if (encoding is not ("" or "identity" or "gzip"))
            throw new RefusedBodyException(415, $"Content-Encoding is \"{encoding}\"; send gzip or none");
        var body = await RequestBody.ReadAsync(context, MostBytes);
        if (encoding != "gzip")
            return body;
        using (body)
            return await RequestBody.UnzipAsync(body, MostBytes, context.RequestAborted);
    }

    static IResult Later(HttpContext context, string why)
    {
        context.Response.Headers.RetryAfter = SampleIngest.RetryAfter;
        return Results.Text(why, statusCode: 503);
    }
}
