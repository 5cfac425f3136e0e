using Microsoft.AspNetCore.Mvc;
using Vigie.Agent.Inventory;
using Vigie.Hub.Snapshots;

namespace Vigie.Hub.Inventory;

/// <summary>
/// <c>GET /api/v1/hosts/inventory?host=NAME</c>: the host's inventory as its agent has sent it (docs/inventory.md), with the time of that
/// as <c>Last-Modified</c>; 404 when the host has sent none.
/// </summary>
static class InventoryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/hosts/inventory", Handle);

    static IResult Handle([FromServices] SnapshotStore snapshots, [FromQuery] string? host)
    {
        if (host is null or "")
            return Error(400, "host is missing; name the host whose inventory you want: ?host=NAME");
        return snapshots.Find(host, InventoryDocument.Kind) is { } found
            ? Results.Bytes(found.Json, "application/json", lastModified: found.Time)
            : Error(404, "there is no such host, or it has sent no inventory");
    }

    static IResult Error(int status, string why) =>
        Results.Json(new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = "error", ["error"] = why }, statusCode: status);
}
