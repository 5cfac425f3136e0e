using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>The kernel's software RAID (md), from /proc/mdstat.</summary>
sealed class RaidProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Running = new("vigie.raid.active", "1", MetricKind.Gauge, "1 when the array is running, else 0.");
    static readonly MetricInfo Disks = new("vigie.raid.disks", "{disk}", MetricKind.Gauge, "Disks of the array by state.");
    static readonly MetricInfo Required =
        new("vigie.raid.disks.required", "{disk}", MetricKind.Gauge, "Disks the array needs to be complete; levels without spare data have none.");
    static readonly MetricInfo Missing =
        new("vigie.raid.disks.missing", "{disk}", MetricKind.Gauge, "Disks the array lacks to be complete: failed, removed or not yet rebuilt.");
    static readonly MetricInfo Progress =
        new("vigie.raid.sync.progress", "1", MetricKind.Gauge, "How far a recovery, check or the like has come; 0 while it waits, up to 1.");

    static readonly SampleAttribute Active = new("state", "active"), Failed = new("state", "failed"), Spare = new("state", "spare");

    readonly HostFile _mdstat = context.Root.File("/proc/mdstat");
    readonly NamePool _names = new();

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("raid", static context => new RaidProbe(context));

    public ProbeInfo Info { get; } = new("raid", [Running, Disks, Required, Missing, Progress], IsQuick: true);

    /// <summary>What the lines of one array have told so far. Required is negative where the level needs none.</summary>
    struct Array
    {
        public string Name;
        public string Action;
        public bool IsActive;
        public int Unmarked, Failed, Spare, Required, InSync;
        public double Done;
    }

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var text = _mdstat.ReadIfGiven();
        bool any = false;
        var array = default(Array);
        while (text.TakeLine(out var line))
        {
            if (line.StartsWith("md"u8))
            {
                if (any)
                    Report(sink, array);
                array = Head(line);
                any = true;
            }
            else if (any && !line.IsEmpty && line[0] is (byte)' ' or (byte)'\t')
            {
                Detail(line, ref array);
            }
        }
        if (any)
            Report(sink, array);
        else
            sink.NoData("/proc/mdstat is missing or lists no array");
        return default;
    }

    // md1 : active raid5 sdd1[3](F) sdc1[2] sdb1[1] sda1[0](S)
    Array Head(ReadOnlySpan<byte> line)
    {
        line.TakeField(out var name);
        if (!line.TakeField(out var colon) || !colon.SequenceEqual(":"u8) || !line.TakeField(out var state))
            throw new FormatException($"{_mdstat.Name}: \"NAME : STATE\" was expected, found {TextScan.Quote(name)} and {TextScan.Quote(colon)}");
        var array = new Array { Name = _names[name], Action = "", IsActive = state.SequenceEqual("active"u8), Required = -1 };
        while (line.TakeField(out var field))
        {
            if (!field.Contains((byte)'['))
                continue; // the level, (read-only), (auto-read-only)
            if (field.IndexOf("(F)"u8) >= 0)
                array.Failed++;
            else if (field.IndexOf("(S)"u8) >= 0)
                array.Spare++;
            else
                array.Unmarked++;
        }
        return array;
    }

    // 1953259520 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [_UU]
    // [=>...................]  recovery =  8.5% (16615552/195259520) finish=15.1min speed=196000K/sec
    //    resync=DELAYED
    void Detail(ReadOnlySpan<byte> line, ref Array array)
    {
        scoped ReadOnlySpan<byte> before = default;
        while (line.TakeField(out var field))
        {
            if (field[0] == '[' && field.IndexOf((byte)'/') is > 0 and var slash)
            {
                array.Required = Number(field[1..slash]);
                array.InSync = Number(field[(slash + 1)..].TrimEnd((byte)']'));
            }
            else if (field.SequenceEqual("="u8) && line.TakeField(out var percent))
            {
                array.Action = _names[before];
                percent = percent.TrimEnd((byte)'%');
                array.Done = percent.TakeDecimal(_mdstat.Name) / 100;
            }
            else if (field.IndexOf((byte)'=') is > 0 and var equals && IsWaiting(field[(equals + 1)..]))
            {
                array.Action = _names[field[..equals]];
            }
            before = field;
        }
    }

    static bool IsWaiting(ReadOnlySpan<byte> what) =>
        what.SequenceEqual("DELAYED"u8) || what.SequenceEqual("PENDING"u8) || what.SequenceEqual("REMOTE"u8);

    int Number(ReadOnlySpan<byte> digits) => Utf8Parser.TryParse(digits, out int number, out int used) && used == digits.Length && number >= 0
        ? number
        : throw new FormatException($"{_mdstat.Name}: a number of disks was expected, found {TextScan.Quote(digits)}");

    static void Report(ISampleSink sink, in Array array)
    {
        var device = new SampleAttribute("system.device", array.Name);
        sink.Add(Running, array.IsActive ? 1 : 0, device);
        // A disk that is being rebuilt bears no mark, but is not in sync yet.
        sink.Add(Disks, array.Required < 0 ? array.Unmarked : Math.Min(array.Unmarked, array.InSync), device, Active);
        sink.Add(Disks, array.Failed, device, Failed);
        sink.Add(Disks, array.Spare, device, Spare);
        if (array.Required >= 0)
        {
            sink.Add(Required, array.Required, device);
            sink.Add(Missing, Math.Max(0, array.Required - array.InSync), device);
        }
        if (array.Action.Length > 0)
            sink.Add(Progress, array.Done, device, new("action", array.Action));
    }
}
