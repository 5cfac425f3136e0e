using System.Text;

namespace Vigie.Agent.Reading;

enum SensorKind { Temperature, Fan }

/// <param name="Limit">In the conventions' words: <c>high.degraded</c>, <c>high.critical</c>.</param>
readonly record struct SensorLimit(string Limit, double Value);

/// <summary>A thermometer or a fan.</summary>
/// <param name="Id">Chip and channel: <c>coretemp/temp1</c>.</param>
/// <param name="Name">Chip and label, for people: <c>coretemp Package id 0</c>.</param>
sealed record Sensor(SensorKind Kind, string Id, string Name, HostFile Input, IReadOnlyList<SensorLimit> Limits)
{
    // What a chip reports where nothing is connected: far outside of what anything in a server can be.
    const double Coldest = -100, Hottest = 250;

    /// <summary>Degrees Celsius, or revolutions per minute; null when the sensor doesn't answer.</summary>
    public double? Read() => Input.ReadIfGiven() is { IsEmpty: false } text ? Plausible(Kind, text.OnlyNumber(Input.Name)) : null;

    public static double? Plausible(SensorKind kind, long raw) => kind == SensorKind.Fan ? raw >= 0 ? raw : null
        : raw / 1000.0 is >= Coldest and <= Hottest and var celsius ? celsius : null;
}

/// <summary>The sensors the kernel knows: the chips of /sys/class/hwmon, or the thermal zones where there is no such chip.</summary>
sealed class SensorFolder(HostRoot root)
{
    const string Chips = "/sys/class/hwmon", Zones = "/sys/class/thermal";
    const int MostSensors = 256, LongestName = 64;

    public IReadOnlyList<Sensor> List()
    {
        var sensors = new List<Sensor>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var folder in Entries(Chips, "hwmon*"))
            AddChip(sensors, WithSensors($"{Chips}/{folder}"), seen);
        if (!sensors.Exists(s => s.Kind == SensorKind.Temperature))
            foreach (var folder in Entries(Zones, "thermal_zone*"))
                AddZone(sensors, folder);
        return sensors;
    }

    // Kernels before 3.13 have most chips' files one folder deeper.
    string WithSensors(string chip) => Entries(chip, "*_input").Length == 0 && Directory.Exists(root.Map(chip + "/device")) ? chip + "/device" : chip;

    void AddChip(List<Sensor> sensors, string folder, Dictionary<string, int> seen)
    {
        var inputs = Entries(folder, "*_input");
        if (inputs.Length == 0)
            return;
        string chip = Text($"{folder}/name") is { Length: > 0 } name ? name : "chip";
        int nth = seen[chip] = seen.GetValueOrDefault(chip) + 1;
        if (nth > 1)
            chip = $"{chip}-{nth}";
        foreach (var input in inputs)
        {
            string channel = input[..^"_input".Length], path = $"{folder}/{channel}";
            SensorKind? kind = channel.StartsWith("temp", StringComparison.Ordinal) ? SensorKind.Temperature
                : channel.StartsWith("fan", StringComparison.Ordinal) ? SensorKind.Fan : null;
            if (kind is not { } known || sensors.Count == MostSensors)
                continue;
            string label = Text($"{path}_label") is { Length: > 0 } text ? text : channel;
            sensors.Add(new(known, $"{chip}/{channel}", $"{chip} {label}", root.File($"{path}_input"),
                known == SensorKind.Temperature ? [.. LimitOf($"{path}_max", "high.degraded"), .. LimitOf($"{path}_crit", "high.critical")] : []));
        }
    }

    void AddZone(List<Sensor> sensors, string folder)
    {
        string path = $"{Zones}/{folder}";
        if (sensors.Count < MostSensors && root.Exists(path + "/temp"))
            sensors.Add(new(SensorKind.Temperature, folder, Text(path + "/type") is { Length: > 0 } type ? type : folder,
                root.File(path + "/temp"), []));
    }

    IEnumerable<SensorLimit> LimitOf(string path, string limit)
    {
        var file = root.File(path);
        var text = file.ReadIfGiven();
        file.Close();
        return !text.IsEmpty && Sensor.Plausible(SensorKind.Temperature, text.OnlyNumber(path)) is > 0 and var value ? [new(limit, value)] : [];
    }

    string Text(string path)
    {
        var file = root.File(path);
        var text = file.ReadIfGiven();
        text.TakeLine(out var line);
        file.Close();
        return Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestName)]).Trim();
    }

    // Shorter names first, so that temp2 comes before temp10.
    string[] Entries(string folder, string pattern) => !Directory.Exists(root.Map(folder)) ? []
        : [.. Directory.GetFileSystemEntries(root.Map(folder), pattern).Select(p => Path.GetFileName(p))
            .OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal)];
}
