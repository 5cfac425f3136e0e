using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>File systems, the same ones that the agent's probe reports; one that hangs holds nothing up and is told as an error.</summary>
sealed class FileSystemCollector(HostRoot root, TimeProvider time) : INodeCollector
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    readonly MountTable _table = new(root);
    readonly MountWatch _watch = new(path => StatVfs.Read(root.Map(path)), time);

    public string Name => "filesystem";

    public async ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        if (!_table.Read() || _table.Mounts.Count == 0)
            return;
        var mounts = _table.Mounts;
        await _watch.AskAsync(mounts, Patience, ct);
        var answers = mounts.Select(m => (Mount: m, Answer: _watch.AnswerOf(m))).ToArray();
        Write("node_filesystem_size_bytes", "Size.", s => (double)s.Blocks * s.BlockBytes);
        Write("node_filesystem_free_bytes", "Free space, with what is kept for root.", s => (double)s.Free * s.BlockBytes);
        Write("node_filesystem_avail_bytes", "Space available to users.", s => (double)s.Available * s.BlockBytes);
        Write("node_filesystem_files", "Inodes.", s => s.Inodes);
        Write("node_filesystem_files_free", "Free inodes.", s => s.FreeInodes);
        text.Gauge("node_filesystem_readonly", "1 when it is mounted to be read only.");
        foreach (var (mount, _) in answers)
            text.Sample(mount.Mode is "ro" ? 1 : 0, Labels(mount));
        text.Gauge("node_filesystem_device_error", "1 when it doesn't answer.");
        foreach (var (mount, answer) in answers)
            text.Sample(answer.Space is null ? 1 : 0, Labels(mount));

        void Write(string name, string help, Func<FileSystemSpace, double> value)
        {
            text.Gauge(name, help);
            foreach (var (mount, answer) in answers)
                if (answer.Space is { } space)
                    text.Sample(value(space), Labels(mount));
        }
    }

    static (string, string)[] Labels(Mount mount) => [("device", mount.Device), ("fstype", mount.Type), ("mountpoint", mount.Mountpoint)];
}
