using System.Buffers.Text;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>What /proc/PID/stat tells of one process (proc_pid_stat(5)).</summary>
/// <param name="Ticks">Time it has used on processors, in hundredths of a second.</param>
/// <param name="Started">Since the host's start, in hundredths of a second; tells processes of one number apart.</param>
/// <param name="Pages">In memory.</param>
readonly record struct ProcessStat(ulong Ticks, ulong Started, ulong Pages)
{
    /// <summary>The unit in which the kernel tells times to programs: fixed, whatever its own is.</summary>
    public const int TicksPerSecond = 100;

    // Behind the name in brackets: state is field 3, so utime (14) is the eleventh behind it.
    const int BeforeTime = 11, BetweenTimeAndStart = 6, BetweenStartAndPages = 1;

    /// <summary>False when it is no such text, as when the process has ended while it was read.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ProcessStat stat)
    {
        stat = default;
        int bracket = text.LastIndexOf((byte)')');
        if (bracket < 0)
            return false;
        var rest = text[(bracket + 1)..];
        if (!rest.SkipFields(BeforeTime) || !Take(ref rest, out ulong user) || !Take(ref rest, out ulong system) || !rest.SkipFields(BetweenTimeAndStart)
            || !Take(ref rest, out ulong started) || !rest.SkipFields(BetweenStartAndPages) || !Take(ref rest, out ulong pages))
            return false;
        stat = new(user + system, started, pages);
        return true;
    }

    /// <summary>The name, which may hold blanks and brackets.</summary>
    public static string Name(ReadOnlySpan<byte> text)
    {
        int open = text.IndexOf((byte)'('), close = text.LastIndexOf((byte)')');
        return open >= 0 && close > open ? Encoding.UTF8.GetString(text[(open + 1)..close]) : "";
    }

    static bool Take(ref ReadOnlySpan<byte> line, out ulong number)
    {
        number = 0;
        return line.TakeField(out var field) && Utf8Parser.TryParse(field.TrimEnd((byte)'\n'), out number, out int used) && used > 0;
    }
}
