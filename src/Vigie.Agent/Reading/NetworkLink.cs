namespace Vigie.Agent.Reading;

/// <summary>The link of one network interface, from /sys/class/net: whether it is there, and how fast it is.</summary>
sealed class NetworkLink(HostRoot root, string name)
{
    // Some drivers take the kernel's one lock over all interfaces to tell the speed, which hardly ever changes.
    const int RoundsBetweenSpeeds = 20;

    const double BytesOfMegabit = 1e6 / 8;

    readonly HostFile? _state = FileOf(root, name, "operstate"), _speed = FileOf(root, name, "speed");
    int _round;

    /// <summary>Null where the driver doesn't say, as tunnels don't.</summary>
    public bool? IsUp { get; private set; }

    /// <summary>Null when there is no link, or none that has a speed.</summary>
    public double? BytesPerSecond { get; private set; }

    public void Read()
    {
        bool? before = IsUp;
        IsUp = StateOf(_state is null ? default : _state.ReadIfGiven());
        if (IsUp != before || _round++ % RoundsBetweenSpeeds == 0)
            BytesPerSecond = IsUp is true ? ReadSpeed() : null;
    }

    static bool? StateOf(ReadOnlySpan<byte> text)
    {
        text.TakeLine(out var state);
        return state.IsEmpty || state.SequenceEqual("unknown"u8) ? null : state.SequenceEqual("up"u8);
    }

    double? ReadSpeed() => _speed is not null && _speed.ReadIfGiven() is { IsEmpty: false } text && text.OnlyNumber(_speed.Name) is > 0 and var megabits
        ? megabits * BytesOfMegabit
        : null; // -1 is what drivers say that don't know

    static HostFile? FileOf(HostRoot root, string name, string file) =>
        name.AsSpan().ContainsAny('/', '\0') ? null : root.File($"/sys/class/net/{name}/{file}");
}
