using System.Globalization;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Reading;

public sealed class ProcessTableTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("vigie-processes-").FullName;

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
        var table = new ProcessTable(new(_root));
        Assert.Equal(Count, table.Read()[1]);
        for (int pid = 1; pid <= Count; pid++)
            Write(pid, 'D');
        Assert.Equal(Count, table.Read()[1]); // not all seen yet, so the last count stands
        Assert.Equal(Count, table.Read()[2]);
    }

    [Fact]
    public void Counting_again_allocates_no_more_than_the_walk_through_the_folder()
    {
        for (int pid = 1; pid <= 200; pid++)
            Write(pid, 'S');
        var table = new ProcessTable(new(_root));
        table.Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        table.Read();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8000);
    }

    [Fact]
    public void This_machine_shows_itself_running() => Assert.True(new ProcessTable(new("/")).Read() is not [0, 0, ..]);

    [Fact]
    public void The_kernels_clock_answers_with_errors_that_can_be() =>
        Assert.InRange(KernelClock.Read().MaximumError, 0, 1000);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
