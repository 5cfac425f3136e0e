using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Agent.Checks;

/// <summary>The document by which an agent tells its hub of its checks: what metrics can't carry, above all the texts.</summary>
sealed record CheckDocument(IReadOnlyList<ReportedCheck> Checks)
{
    public const string Kind = "checks";

    /// <summary>A larger one is sent without its details, and should that not help without its values.</summary>
    const int MostBytes = 900 * 1024;

    public static byte[] Write(IReadOnlyList<CheckReport> reports)
    {
        ReportedCheck[] checks =
        [
            .. reports.Select(r => new ReportedCheck(r.Result.Name, r.Kind, r.Result.State, r.Result.Text, r.Result.Details,
                r.SinceMs, r.RunMs, Math.Round(r.Took.TotalSeconds, 3), r.Result.Values)),
        ];
        var json = Write(checks);
        if (json.Length > MostBytes)
            json = Write([.. checks.Select(c => c with { Details = "" })]);
        return json.Length > MostBytes ? Write([.. checks.Select(c => c with { Details = "", Values = [] })]) : json;
    }

    static byte[] Write(ReportedCheck[] checks) => JsonSerializer.SerializeToUtf8Bytes(new(checks), CheckJson.Default.CheckDocument);
}

/// <summary>One check in that document. Times are Unix milliseconds, Took seconds.</summary>
sealed record ReportedCheck(string Name, string Kind, CheckState State, string Text, string Details, long Since, long Run, double Took,
    IReadOnlyList<CheckValue> Values);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CheckDocument))]
sealed partial class CheckJson : JsonSerializerContext;
