using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Reading;

public sealed class ProcessTableTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("vigie-processes-").FullName;
    readonly FakeTimeProvider _time = new();

    void Write(int pid, char state)
    {
        var folder = Path.Combine(_root, "proc", pid.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "stat"), $"{pid} (x) {state} 0 0\n");
    }

    [Fact]
    public void Very_many_processes_are_counted_at_once_first_and_then_over_several_rounds()
    {
        const int Count = ProcessTable.MostPerRound + 500;
        for (int pid = 1; pid <= Count; pid++)
            Write(pid, 'S');
        var table = new ProcessTable(new(_root), _time);
        Assert.Equal(Count, table.Read()[1]);
        for (int pid = 1; pid <= Count; pid++)
            Write(pid, 'D');
        Assert.Equal(Count, table.Read()[1]); // counted a moment ago
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Count, table.Read()[1]); // not all seen yet, so the last count stands
        Assert.Equal(Count, table.Read()[2]);
    }

    [Fact]
    public void Counting_again_allocates_nothing()
    {
        for (int pid = 1; pid <= 200; pid++)
            Write(pid, 'S');
        var table = new ProcessTable(new(_root), _time);
        table.Read();
        _time.Advance(TimeSpan.FromMinutes(1));
        table.Read();
        _time.Advance(TimeSpan.FromMinutes(1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        table.Read();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void This_machine_shows_itself_running() => Assert.True(new ProcessTable(new("/"), _time).Read() is not [0, 0, ..]);

    [Fact]
    public void The_kernels_clock_answers_with_errors_that_can_be() =>
        Assert.InRange(KernelClock.Read().MaximumError, 0, 1000);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
