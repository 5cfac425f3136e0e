using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>A mounted file system that users store files in.</summary>
/// <param name="DeviceNumber">major:minor, equal for every mount of one file system.</param>
/// <param name="Mode"><c>rw</c> or <c>ro</c>.</param>
sealed record Mount(string DeviceNumber, string Device, string Mountpoint, string Type, string Mode);

/// <summary>
/// The mounts worth watching, from mountinfo of process 1 (of ourselves, where that is hidden). Parsed again only when the
/// text has changed, and read again only when the kernel tells of a change, so a quiet host costs one question.
/// </summary>
sealed class MountTable(HostRoot root)
{
    readonly HostFile[] _files = [root.File("/proc/1/mountinfo", hasLongLines: true), root.File("/proc/self/mountinfo", hasLongLines: true)];
    byte[] _parsed = [];
    HostFile? _source; // of the last reading that found something

    /// <summary>One per file system, sorted by mount point. The same objects until the mounts change.</summary>
    public IReadOnlyList<Mount> Mounts { get; private set; } = [];

    /// <summary>False when the host shows no mounts at all.</summary>
    public bool Read()
    {
        if (_source?.IsUnchanged() == true)
            return true;
        var text = ReadText();
        if (!text.SequenceEqual(_parsed))
        {
            Mounts = Parse(text);
            _parsed = text.ToArray();
        }
        return !text.IsEmpty;
    }

    ReadOnlySpan<byte> ReadText()
    {
        try
        {
            if (ReadFrom(_files[0]) is { IsEmpty: false } text)
                return text;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Process 1 may be hidden from us (hidepid); our own table is then as good as it gets.
        }
        return ReadFrom(_files[1]);
    }

    ReadOnlySpan<byte> ReadFrom(HostFile file)
    {
        _source = null;
        var text = file.Read();
        if (!text.IsEmpty)
            _source = file;
        return text;
    }

    internal static IReadOnlyList<Mount> Parse(ReadOnlySpan<byte> text)
    {
        var byMountpoint = new Dictionary<string, Mount>(StringComparer.Ordinal);
        while (text.TakeLine(out var line))
            if (ParseLine(line) is { } mount)
                byMountpoint[mount.Mountpoint] = mount; // a later mount covers an earlier one
        return
        [
            .. byMountpoint.Values.Where(IsWatched)
                .GroupBy(m => m.DeviceNumber, StringComparer.Ordinal)
                .Select(same => same.MinBy(m => (m.Mountpoint.Length, m.Mountpoint))!) // the rest are bind mounts and subvolumes
                .OrderBy(m => m.Mountpoint, StringComparer.Ordinal),
        ];
    }

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    static Mount? ParseLine(ReadOnlySpan<byte> line)
    {
        int dash = line.IndexOf(" - "u8);
        if (dash < 0)
            return null;
        var left = line[..dash];
        var right = line[(dash + 3)..];
        if (!left.SkipFields(2) || !left.TakeField(out var number) || !left.SkipFields(1) || !left.TakeField(out var mountpoint)
            || !left.TakeField(out var options) || !right.TakeField(out var type))
            return null;
        right.TakeField(out var device);
        bool readOnly = IsReadOnly(options) || (right.TakeField(out var superOptions) && IsReadOnly(superOptions));
        return new(Encoding.ASCII.GetString(number), Unescape(device), Unescape(mountpoint), Unescape(type), readOnly ? "ro" : "rw");
    }

    static bool IsReadOnly(ReadOnlySpan<byte> options) => options.SequenceEqual("ro"u8) || options.StartsWith("ro,"u8);

    static bool IsWatched(Mount mount) => mount.Type switch
    {
        "overlay" or "aufs" => mount.Mountpoint is "/", // a container's own root; all others belong to some container
        "tmpfs" or "ramfs" => mount.Mountpoint is "/tmp" or "/var/tmp",
        "ext2" or "ext3" or "ext4" or "xfs" or "btrfs" or "zfs" or "f2fs" or "bcachefs" => !IsContainersOwn(mount.Mountpoint),
        _ => !NotStorage.Contains(mount.Type) && !IsUnder(mount.Mountpoint, "/proc", "/sys", "/dev") && !IsContainersOwn(mount.Mountpoint),
    };

    static bool IsContainersOwn(string mountpoint) => (IsUnder(mountpoint, "/run") && !IsUnder(mountpoint, "/run/media"))
        || IsUnder(mountpoint, "/var/lib/docker", "/var/lib/containers/storage", "/var/lib/kubelet", "/var/lib/containerd",
            "/snap", "/var/lib/snapd/snap");

    static bool IsUnder(string mountpoint, params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
            if (mountpoint.StartsWith(folder, StringComparison.Ordinal)
                && mountpoint.Length > folder.Length
                && mountpoint[folder.Length] == '/')
                return true;
        return false;
    }

    /// <summary>Kernel interfaces, memory, and images that are full by nature.</summary>
    static readonly HashSet<string> NotStorage = new(StringComparer.Ordinal)
    {
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cramfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
        "erofs", "fusectl",
        "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal", "fuse.rofiles-fuse", "fuse.snapfuse", "hugetlbfs", "iso9660", "mqueue",
        "nsfs", "nfsd",
        "pipefs", "proc", "pstore", "resctrl", "romfs", "rootfs", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sockfs",
        "squashfs", "sysfs",
        "tracefs", "udf",
    };

    // The kernel writes blank, tab, newline and backslash as \ooo.
    static string Unescape(ReadOnlySpan<byte> field)
    {
        if (!field.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(field);
        var plain = new List<byte>(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && IsOctal(field[i + 1]) && IsOctal(field[i + 2]) && IsOctal(field[i + 3]))
            {
                plain.Add((byte)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Add(field[i]);
            }
        }
        return Encoding.UTF8.GetString([.. plain]);
    }

    static bool IsOctal(byte digit) => digit is >= (byte)'0' and <= (byte)'7';
}
