using System.Text.Json.Serialization;
using Vigie.Agent.Activity;
using Vigie.Agent.Inventory;

namespace Vigie.Hub.Snapshots;

/// <summary>Reads agents' documents; the agent's own can only write them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InventoryDocument))]
[JsonSerializable(typeof(ActivityDocument))]
sealed partial class DocumentJson : JsonSerializerContext;
