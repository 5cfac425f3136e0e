using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>Thermometers of /sys/class/hwmon; a chip is named after the bus and the device it sits on.</summary>
sealed class SensorCollector(HostRoot root) : INodeCollector
{
    const string Folder = "/sys/class/hwmon", Ending = "_input";

    public string Name => "hwmon";

    public ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        var found = new List<(string Chip, string Sensor, double Celsius)>();
        var names = new List<(string Chip, string Name)>();
        string[] folders = Directory.Exists(root.Map(Folder)) ? Directory.GetDirectories(root.Map(Folder)) : [];
        foreach (string folder in folders.Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder), chip = Chip(folder, name);
            if (root.ReadLine($"{Folder}/{name}/name") is { Length: > 0 } chipName)
                names.Add((chip, chipName));
            foreach (string file in Directory.GetFiles(folder, "temp*" + Ending).Order(StringComparer.Ordinal))
                if (long.TryParse(root.ReadLine($"{Folder}/{name}/{Path.GetFileName(file)}"), out long raw))
                    found.Add((chip, Path.GetFileName(file)[..^Ending.Length], raw / 1000.0));
        }
        if (names.Count > 0)
        {
            text.Gauge("node_hwmon_chip_names", "What the kernel calls a chip.");
            foreach (var (chip, name) in names)
                text.Sample(1, ("chip", chip), ("chip_name", name));
        }
        if (found.Count > 0)
        {
            text.Gauge("node_hwmon_temp_celsius", "Temperature at a sensor.");
            foreach (var (chip, sensor, celsius) in found)
                text.Sample(celsius, ("chip", chip), ("sensor", sensor));
        }
        return default;
    }

    // platform_coretemp_0, pci0000:00_0000:00:18_3: the last parts of where the links lead
    static string Chip(string folder, string name)
    {
        string device = Path.Combine(folder, "device");
        if (Target(device) is { } of)
            return Target(Path.Combine(device, "subsystem")) is { } bus ? $"{Clean(bus)}_{Clean(of)}" : Clean(of);
        return Clean(name);
    }

    static string? Target(string link) =>
        Directory.Exists(link) && Directory.ResolveLinkTarget(link, returnFinalTarget: true) is { } target ? Path.GetFileName(target.FullName) : null;

    static string Clean(string text) => string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == ':' ? c : '_')).Trim('_');
}
