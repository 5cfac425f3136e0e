using System.Buffers.Text;
using System.Globalization;

namespace Vigie.Agent.Reading;

/// <summary>How busy each processor is, from the lines <c>cpu0</c>, <c>cpu1</c>, … of /proc/stat of two rounds.</summary>
sealed class CoreTimes
{
    const int MostCores = 1024, Columns = 8, Idle = 3, IoWait = 4;

    Core[] _cores = [];
    int _round;

    struct Core
    {
        public string Number;
        public ulong IdleTicks, Ticks;
        public double Busy;
        public int Round; // of its last line; 0 when there was none
        public bool HasBusy;
    }

    public void BeginRound() => _round++;

    /// <param name="digits">The processor's number.</param>
    /// <param name="columns">What stands behind it.</param>
    /// <param name="source">The file's name, for messages.</param>
    public void Take(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> columns, string source)
    {
        if (!Utf8Parser.TryParse(digits, out int number, out int used) || used != digits.Length || number is < 0 or >= MostCores)
            return;
        if (number >= _cores.Length)
            Array.Resize(ref _cores, Math.Max(number + 1, _cores.Length * 2));
        ulong ticks = 0, idle = 0;
        for (int column = 0; column < Columns && !columns.Trim((byte)' ').IsEmpty; column++)
        {
            ulong value = columns.TakeNumber(source);
            ticks += value;
            idle += column is Idle or IoWait ? value : 0;
        }
        ref var core = ref _cores[number];
        core.Number ??= number.ToString(CultureInfo.InvariantCulture);
        core.HasBusy = core.Round == _round - 1 && core.Round > 0 && ticks > core.Ticks;
        if (core.HasBusy)
        {
            // iowait and idle may run backwards, by the kernel's own documentation.
            double spent = ticks - core.Ticks, idled = idle > core.IdleTicks ? idle - core.IdleTicks : 0;
            core.Busy = Math.Clamp(1 - idled / spent, 0, 1);
        }
        (core.Ticks, core.IdleTicks, core.Round) = (ticks, idle, _round);
    }

    /// <summary>The processors in their order; a slot is empty where there is no such processor, or no share of it yet.</summary>
    public int Slots => _cores.Length;

    public (string Number, double Busy)? this[int slot] =>
        _cores[slot] is { HasBusy: true } core && core.Round == _round ? (core.Number, core.Busy) : null;
}
