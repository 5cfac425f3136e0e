using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Agent.Activity;

/// <summary>Who is logged in to a host, and which of its processes are the greediest: a glance, sent once a minute (docs/inventory.md).</summary>
/// <param name="Sessions">Null when the host doesn't tell.</param>
/// <param name="ByCpu">The greediest first; empty until two readings were made.</param>
/// <param name="Processes">How many there are; 0 when they are hidden from the agent.</param>
sealed record ActivityDocument(IReadOnlyList<ReportedSession>? Sessions, IReadOnlyList<TopProcess> ByCpu, IReadOnlyList<TopProcess> ByMemory, int Processes)
{
    public const string Kind = "activity";

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ActivityJson.Default.ActivityDocument);
}

/// <param name="Since">Unix milliseconds; 0 when not known.</param>
/// <param name="Active">When something was typed there last, to the minute; null when there is no terminal, or it doesn't tell.</param>
sealed record ReportedSession(string User, string Terminal, string From, long Since, long? Active);

/// <param name="Name">The kernel's short name of it; its arguments may hold secrets, and are not read.</param>
/// <param name="Cpu">Of one logical processor, since the reading before: 2 is two of them.</param>
/// <param name="Memory">Bytes in memory, those shared with others included.</param>
/// <param name="Since">When it started, Unix milliseconds; 0 when not known.</param>
sealed record TopProcess(int Pid, string Name, string User, double Cpu, long Memory, long Since);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ActivityDocument))]
sealed partial class ActivityJson : JsonSerializerContext;
