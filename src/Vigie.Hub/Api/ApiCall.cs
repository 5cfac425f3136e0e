using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Hub.Api;

/// <summary>Around each call of the API: what fails is answered in the API's own form of an error.</summary>
static class ApiCall
{
    /// <summary>The status that nginx has for a client that has left before the answer; nobody reads it.</summary>
    const int ClientLeft = 499;

    public static async Task AnswerAsync(HttpContext context, Func<ApiRequest, Task> answer)
    {
        try
        {
            await answer(await ApiRequest.ReadAsync(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = context.Response.HasStarted ? context.Response.StatusCode : ClientLeft;
        }
        catch (Exception e) when (!context.Response.HasStarted && ErrorOf(e) is { } error)
        {
            await using var writer = new ApiWriter(context, error.Status);
            writer.Json.WriteString("errorType"u8, error.Type);
            writer.Json.WriteString("error"u8, error.Message);
            await writer.EndAsync([], []);
        }
    }

    static ApiException? ErrorOf(Exception e) => e switch
    {
        ApiException known => known,
        PromQLException { Error: PromQLError.Syntax or PromQLError.Type or PromQLError.Unsupported } => ApiException.Bad(e.Message),
        PromQLException { Error: PromQLError.Timeout } late => new(503, "timeout", late.Message),
        PromQLException impossible => new(422, "execution", impossible.Message),
        DatabaseException or StoreUnavailableException => new(503, "unavailable", e.Message),
        _ => null,
    };
}
