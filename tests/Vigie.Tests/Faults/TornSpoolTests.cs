using Vigie.Agent.Spool;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>The agent's spool as a kill in the middle of a write leaves it.</summary>
public sealed class TornSpoolTests
{
    [Fact]
    public void The_samples_of_a_torn_record_are_counted_and_those_before_it_come_back()
    {
        using var folder = new TempFolder();
        var limits = new SpoolLimits(1024 * 1024, TimeSpan.FromDays(1));
        using (var spool = DiskSpool.Open(folder.Path, limits, TimeProvider.System))
        {
            spool.Add(new byte[] { 1, 2, 3 }, 5, TimeProvider.System.GetUtcNow());
            spool.Add(new byte[] { 4, 5, 6 }, 7, TimeProvider.System.GetUtcNow());
        }
        string file = Assert.Single(Directory.GetFiles(folder.Path, "*.spool"));
        using (var stream = new FileStream(file, FileMode.Open))
            stream.SetLength(stream.Length - 3);
        using var again = DiskSpool.Open(folder.Path, limits, TimeProvider.System);
        Assert.Equal((5L, 7L), (again.Waiting, again.DroppedDamaged));
        Assert.Equal([1, 2, 3], again.Next()!.Value.Otlp.ToArray());
    }
}
