using System.Runtime.InteropServices;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Inventory;

/// <summary>The machine, as its firmware (/sys/class/dmi) and the kernel describe it.</summary>
static class Hardware
{
    const string Dmi = "/sys/class/dmi/id/";

    // What the firmware of virtual machines calls itself; the list of systemd-detect-virt.
    static readonly (string Word, string Kind)[] Firmware =
    [
        ("KVM", "kvm"), ("OpenStack", "kvm"), ("Amazon EC2", "amazon"), ("Google Compute Engine", "google"), ("QEMU", "qemu"), ("VMware", "vmware"),
        ("VMW", "vmware"), ("innotek GmbH", "virtualbox"), ("VirtualBox", "virtualbox"), ("Xen", "xen"), ("Bochs", "bochs"),
        ("Parallels", "parallels"), ("BHYVE", "bhyve"), ("Hyper-V", "hyper-v"), ("Apple Virtualization", "apple"),
    ];

    public static HardwareInfo Read(HostRoot root)
    {
        string vendor = Line(root, "sys_vendor"), product = Line(root, "product_name");
        string cpuInfo = root.ReadText("/proc/cpuinfo");
        string cpu = "";
        int cpus = 0;
        var cores = new HashSet<(string, string)>();
        string package = "";
        bool guest = false;
        foreach (var line in cpuInfo.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = colon < 0 ? "" : line[(colon + 1)..].Trim();
            switch (colon < 0 ? "" : line[..colon].TrimEnd())
            {
                case "processor": cpus++; break;
                case "model name" when cpu.Length == 0: cpu = PackageList.Clip(value); break;
                case "physical id": package = value; break;
                case "core id": cores.Add((package, value)); break;
                case "flags" when !guest: guest = value.Split(' ').Contains("hypervisor", StringComparer.Ordinal); break;
            }
        }
        ReadOnlySpan<byte> memory = root.File("/proc/meminfo").ReadIfGiven();
        return new(vendor, product, Virtualization(root, [vendor, product, Line(root, "bios_vendor"), Line(root, "board_vendor")], guest),
            HostIdentity.Architecture(RuntimeInformation.OSArchitecture), cpu, cpus, cores.Count,
            (long)(memory.NumberOf("MemTotal:"u8, "/proc/meminfo") ?? 0) * 1024);
    }

    static string Virtualization(HostRoot root, string[] firmware, bool isGuest)
    {
        if (root.Exists("/run/.containerenv") || root.Exists("/.dockerenv"))
            return "container";
        if (root.ReadLine("/run/systemd/container") is { Length: > 0 } container)
            return PackageList.Clip(container);
        foreach (var (word, kind) in Firmware)
            if (firmware.Any(f => f.StartsWith(word, StringComparison.Ordinal)))
                return kind;
        if (firmware[0].StartsWith("Microsoft", StringComparison.Ordinal) && firmware[1] is "Virtual Machine")
            return "hyper-v";
        return root.ReadLine("/sys/hypervisor/type") is { Length: > 0 } type ? PackageList.Clip(type)
            : isGuest ? "vm" : firmware[0].Length > 0 ? "none" : "";
    }

    static string Line(HostRoot root, string name) => PackageList.Clip(root.ReadLine(Dmi + name));
}
