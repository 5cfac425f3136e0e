namespace Vigie.Hub.Api;

/// <summary>What a client asks to learn whom it speaks to.</summary>
static class StatusEndpoints
{
    /// <summary>The Prometheus whose language and API this is; clients decide by it what they may ask.</summary>
    public const string SpokenVersion = "3.0.0";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/status/buildinfo", (HttpContext context) => ApiCall.AnswerAsync(context, BuildAsync));

    static async Task BuildAsync(ApiRequest request)
    {
        await using var writer = new ApiWriter(request.Http);
        var json = writer.Json;
        json.WriteStartObject("data"u8);
        json.WriteString("version"u8, SpokenVersion);
        json.WriteString("revision"u8, "vigie-" + typeof(StatusEndpoints).Assembly.GetName().Version?.ToString(3));
        json.WriteString("branch"u8, "");
        json.WriteString("buildUser"u8, "");
        json.WriteString("buildDate"u8, "");
        json.WriteString("goVersion"u8, "");
        json.WriteEndObject();
        await writer.EndAsync([], []);
    }
}
