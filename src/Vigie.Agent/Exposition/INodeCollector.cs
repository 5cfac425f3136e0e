namespace Vigie.Agent.Exposition;

/// <summary>Reads one part of the host and writes it in node_exporter's names, types and labels.</summary>
interface INodeCollector
{
    /// <summary>The value of label <c>collector</c>, as node_exporter calls it.</summary>
    string Name { get; }

    /// <summary>Writes what there is; nothing where the host has nothing of the kind. Throws when reading has failed.</summary>
    ValueTask WriteAsync(NodeText text, CancellationToken ct);
}
