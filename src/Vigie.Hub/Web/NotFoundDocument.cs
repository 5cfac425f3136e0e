using Microsoft.AspNetCore.Http.HttpResults;

namespace Vigie.Hub.Web;

static class NotFoundDocument
{
    /// <summary>The application at an address that it does not know: its router shows the page for that.</summary>
    public static Task WriteAsync(HttpContext context) =>
        new RazorComponentResult<App> { StatusCode = StatusCodes.Status404NotFound }.ExecuteAsync(context);
}
