using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>Every field of /proc/meminfo, under its own name.</summary>
sealed class MemoryCollector(HostRoot root) : INodeCollector
{
    const string Path = "/proc/meminfo";

    public string Name => "meminfo";

    public ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        ReadOnlySpan<byte> lines = root.File(Path).ReadOnce();
        while (lines.TakeLine(out var line))
        {
            if (!line.TakeField(out var field))
                continue;
            // Active(anon): is Active_anon
            string name = Encoding.ASCII.GetString(field.TrimEnd((byte)':'))
                .Replace("(", "_", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal);
            double value = line.TakeNumber(Path);
            bool bytes = line.TakeField(out var unit) && unit.SequenceEqual("kB"u8);
            name = $"node_memory_{name}{(bytes ? "_bytes" : "")}";
            text.Gauge(name, $"{Path} field of this name.").Sample(bytes ? value * 1024 : value);
        }
        return default;
    }
}
