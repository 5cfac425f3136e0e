namespace Vigie.Hub.Api;

/// <summary>A request that gets no data, with the status and the error type that Prometheus' API has for it.</summary>
sealed class ApiException(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    public static ApiException BadParameter(string name, string reason) => new(400, "bad_data", $"invalid parameter \"{name}\": {reason}");

    public static ApiException Bad(string reason) => new(400, "bad_data", reason);
}
