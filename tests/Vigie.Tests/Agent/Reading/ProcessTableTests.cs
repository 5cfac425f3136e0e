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

    static int[] Read(ProcessTable table, int[] counts)
    {
        lock (table.Gate)
        {
            if (!table.Refresh())
                return [];
            table.Count(counts);
            return counts;
        }
    }

    static int[] Read(ProcessTable table) => Read(table, new int[ProcessTable.States.Length]);

    [Fact]
    public void Very_many_processes_are_counted_at_once_first_and_then_over_several_rounds()
    {
        const int Count = ProcessTable.MostPerRound + 500;
        for (int pid = 1; pid <= Count; pid++)
            Write(pid, 'S');
        var table = new ProcessTable(new(_root), _time);
        Assert.Equal(Count, Read(table)[1]);
        for (int pid = 1; pid <= Count; pid++)
            Write(pid, 'D');
        Assert.Equal(Count, Read(table)[1]); // counted a moment ago
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Count, Read(table)[1]); // not all seen yet, so the last count stands
        Assert.Equal(Count, Read(table)[2]);
    }

    [Fact]
    public void Counting_again_allocates_nothing()
    {
        for (int pid = 1; pid <= 200; pid++)
            Write(pid, 'S');
        var table = new ProcessTable(new(_root), _time);
        var counts = new int[ProcessTable.States.Length];
        for (int i = 0; i < 3; i++) // the present, the one before, and what is being read
        {
            Read(table, counts);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(table, counts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void This_machine_shows_itself_running() => Assert.True(Read(new(new("/"), _time)) is not ([] or [0, 0, ..]));

    [Fact]
    public void Rounds_and_activity_share_a_reading_and_shares_of_processors_wait_for_no_minute()
    {
        Write(1, 'S');
        var table = new ProcessTable(new(_root), _time);
        int renewed = 0;
        table.Renewed = () => renewed++;
        Read(table);
        Read(table);
        Assert.Equal((1, null), (renewed, table.Before));
        _time.Advance(TimeSpan.FromSeconds(10));
        Write(2, 'R');
        Assert.Equal(1, Read(table)[0]);
        Assert.Equal((2, 1, 2), (renewed, table.Before!.Rows.Count, table.Latest.Rows.Count));
        _time.Advance(TimeSpan.FromSeconds(10));
        Read(table);
        Assert.Equal(2, renewed);
    }

    [Fact]
    public void Where_the_first_process_is_hidden_all_are_until_it_is_seen()
    {
        Write(20, 'S');
        var table = new ProcessTable(new(_root), _time);
        Assert.Empty(Read(table));
        Write(1, 'S');
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, Read(table)[1]);
    }

    [Fact]
    public void The_kernels_clock_answers_with_errors_that_can_be() =>
        Assert.InRange(KernelClock.Read().MaximumError, 0, 1000);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
