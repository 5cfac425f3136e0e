using System.Runtime.InteropServices;

namespace Vigie.Agent.Reading;

/// <summary>What the kernel says of its own clock. Times in seconds.</summary>
/// <param name="Synchronized">Whether a time service has set it right, of late.</param>
/// <param name="Offset">What the kernel has still to make up for; positive when the clock is behind.</param>
/// <param name="EstimatedError">As the time service put it.</param>
/// <param name="MaximumError">Grows as long as nobody sets the clock, up to 16 s.</param>
readonly record struct ClockState(bool Synchronized, double Offset, double EstimatedError, double MaximumError)
{
    const int Error = 5, Unsynchronized = 0x40, Nanoseconds = 0x2000; // TIME_ERROR, STA_UNSYNC, STA_NANO

    public static ClockState From(int returned, int status, long offset, long estimatedErrorMicros, long maximumErrorMicros) =>
        new(returned != Error && (status & Unsynchronized) == 0, offset / ((status & Nanoseconds) != 0 ? 1e9 : 1e6),
            estimatedErrorMicros / 1e6, maximumErrorMicros / 1e6);
}

/// <summary>Asks the kernel for the state of its clock.</summary>
/// <exception cref="IOException">It refused, with its reason.</exception>
delegate ClockState ReadClock();

static partial class KernelClock
{
    // struct timex of a 64-bit Linux, glibc and musl alike; 256 bytes are room for all of it.
    const int Room = 256, Offset = 8, MaximumError = 24, EstimatedError = 32, Status = 40;

    public static ClockState Read()
    {
        Span<byte> timex = stackalloc byte[Room];
        timex.Clear(); // modes 0: ask, change nothing
        int returned = Call(ref MemoryMarshal.GetReference(timex));
        return returned < 0
            ? throw new IOException($"adjtimex: {Marshal.GetLastPInvokeErrorMessage()}")
            : ClockState.From(returned, MemoryMarshal.Read<int>(timex[Status..]), MemoryMarshal.Read<long>(timex[Offset..]),
                MemoryMarshal.Read<long>(timex[EstimatedError..]), MemoryMarshal.Read<long>(timex[MaximumError..]));
    }

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int Call(ref byte timex);
}
