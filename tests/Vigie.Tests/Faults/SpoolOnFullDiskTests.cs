using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Spool;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>The agent's spool on a real file system that has no room left. Mounting one takes root.</summary>
public sealed class SpoolOnFullDiskTests
{
    static readonly SpoolLimits Limits = new(32 * 1024 * 1024, TimeSpan.FromDays(1));

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What can't be compressed, and tells its number.</summary>
    static byte[] Request(int number)
    {
        var bytes = new byte[3000];
        new Random(number).NextBytes(bytes);
        return bytes;
    }

    [Fact]
    public void What_the_disk_took_comes_back_whole_and_more_is_taken_when_there_is_room()
    {
        using var folder = new TempFolder();
        if (Mounts.Mount("-t", "tmpfs", "-o", "size=64k", "vigie-test", folder.Path) is { } error)
            Assert.Skip($"no small file system can be mounted ({error}); run the tests as root");
        try
        {
            var taken = new List<int>();
            using (var spool = DiskSpool.Open(folder["spool"], Limits, _time))
            {
                for (int i = 0, failures = 0; failures < 3; i++)
                {
                    try
                    {
                        spool.Add(Request(i), 1, _time.GetUtcNow());
                        taken.Add(i);
                    }
                    catch (IOException)
                    {
                        failures++;
                    }
                    Assert.InRange(i, 0, 100);
                }
                Assert.InRange(taken.Count, 5, 30);
                Assert.Equal(taken.Count, spool.Waiting);
                Assert.Null(Mounts.Mount("-o", "remount,size=1m", folder.Path));
                spool.Add(Request(1000), 1, _time.GetUtcNow());
                taken.Add(1000);
            }
            using (var spool = DiskSpool.Open(folder["spool"], Limits, _time))
            {
                foreach (int number in taken)
                {
                    Assert.Equal(Request(number), spool.Next()!.Value.Otlp.ToArray());
                    spool.Done();
                }
                Assert.Null(spool.Next());
                Assert.Equal(0, spool.DroppedDamaged + spool.DroppedFull + spool.DroppedOld);
            }
        }
        finally
        {
            Mounts.Run("umount", "-l", folder.Path);
        }
    }
}
