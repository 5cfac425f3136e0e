using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Spool;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Spool;

public sealed class DiskSpoolTests : IDisposable
{
    static readonly SpoolLimits Limits = new(1024 * 1024, TimeSpan.FromHours(24));

    readonly TempFolder _folder = new();
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    string Folder => _folder["spool"];

    DiskSpool Open(SpoolLimits? limits = null) => DiskSpool.Open(Folder, limits ?? Limits, _time);

    string[] Files => [.. Directory.GetFiles(Folder, "*.spool").Order(StringComparer.Ordinal)];

    void Add(DiskSpool spool, int number, int samples = 10, int bytes = 100) =>
        spool.Add(Request(number, bytes), samples, _time.GetUtcNow());

    /// <summary>Bytes that can't be packed, so that sizes are what they say.</summary>
    static byte[] Request(int number, int bytes)
    {
        var request = new byte[bytes];
        new Random(number).NextBytes(request);
        BitConverter.TryWriteBytes(request, number);
        return request;
    }

    static List<int> Drain(DiskSpool spool)
    {
        var order = new List<int>();
        while (spool.Next() is { } request)
        {
            int number = BitConverter.ToInt32(request.Otlp.Span);
            Assert.Equal(Request(number, request.Otlp.Length), request.Otlp.ToArray());
            order.Add(number);
            spool.Done();
        }
        return order;
    }

    [Fact]
    public void What_was_added_comes_back_in_its_order_and_leaves_nothing()
    {
        using var spool = Open();
        for (int i = 0; i < 3000; i++)
            Add(spool, i);
        Assert.True(Files.Length > 3);
        Assert.Equal(30_000, spool.Waiting);
        Assert.Equal(Enumerable.Range(0, 3000), Drain(spool));
        Assert.Empty(Files);
        Assert.Equal((0, 0, 0, 0), (spool.Waiting, spool.DroppedFull, spool.DroppedOld, spool.DroppedDamaged));
    }

    [Fact]
    public void The_next_run_finds_what_was_not_sent()
    {
        using (var spool = Open())
        {
            for (int i = 0; i < 5; i++)
                Add(spool, i);
            spool.Next();
        }
        using (var spool = Open())
        {
            Assert.Equal(50, spool.Waiting);
            Add(spool, 5);
            Assert.Equal([0, 1, 2, 3, 4, 5], Drain(spool));
        }
        using (var spool = Open())
            Assert.Null(spool.Next());
    }

    [Fact]
    public void A_full_ring_overwrites_the_oldest_and_counts_each_sample()
    {
        using var spool = Open(new(100_000, TimeSpan.FromHours(24)));
        for (int i = 0; i < 200; i++)
            Add(spool, i, samples: 7, bytes: 1000);
        Assert.InRange(Files.Sum(f => new FileInfo(f).Length), 70_000, 100_000);
        var left = Drain(spool);
        Assert.Equal(Enumerable.Range(200 - left.Count, left.Count), left);
        Assert.Equal(7 * (200 - left.Count), spool.DroppedFull);
    }

    [Fact]
    public void What_is_too_old_is_left_out_and_counted()
    {
        using var spool = Open();
        Add(spool, 1);
        _time.Advance(TimeSpan.FromHours(23));
        Add(spool, 2);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([2], Drain(spool));
        Assert.Equal(10, spool.DroppedOld);
    }

    [Fact]
    public void Samples_of_a_clock_that_was_ahead_are_sent()
    {
        using var spool = Open();
        spool.Add(Request(1, 100), 10, _time.GetUtcNow() + TimeSpan.FromDays(400));
        Assert.Equal([1], Drain(spool));
    }

    [Fact]
    public void Cut_off_at_any_byte_all_whole_records_come_back()
    {
        using (var spool = Open())
            for (int i = 0; i < 3; i++)
                Add(spool, i, bytes: 20);
        byte[] whole = File.ReadAllBytes(Files.Single());
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path.Combine(Folder, "000000000000.spool"), whole[..length]);
            using var spool = Open();
            Assert.Equal(Enumerable.Range(0, length / (whole.Length / 3)), Drain(spool));
        }
    }

    [Fact]
    public void A_flipped_byte_anywhere_loses_no_other_record_in_front_and_is_never_sent()
    {
        using (var spool = Open())
            for (int i = 0; i < 3; i++)
                Add(spool, i, bytes: 20);
        byte[] whole = File.ReadAllBytes(Files.Single());
        int record = whole.Length / 3;
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            File.WriteAllBytes(Path.Combine(Folder, "000000000000.spool"), damaged);
            using var spool = Open();
            var back = Drain(spool);
            Assert.DoesNotContain(at / record, back);
            Assert.Equal(Enumerable.Range(0, at / record), back.TakeWhile(n => n < at / record));
            if (at % record >= SpoolRecord.HeadBytes) // only the request is hit: it is known how much is lost
                Assert.Equal((2, 10), (back.Count, spool.DroppedDamaged));
        }
    }

    [Fact]
    public void A_folder_in_use_is_refused()
    {
        using var spool = Open();
        Assert.Throws<IOException>(() => Open());
    }

    [Fact]
    public void Only_the_agent_s_user_reads_it()
    {
        using var spool = Open();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public void Every_sample_is_sent_once_or_counted_over_any_course() => Gen.Int[0, 9].List[0, 120].Sample(steps =>
    {
        using var folder = new TempFolder();
        DiskSpool? spool = null;
        long added = 0, sent = 0, dropped = 0;
        foreach (int step in steps.Prepend(9))
        {
            if (step < 9 && spool is null)
                continue;
            switch (step)
            {
                case < 4:
                    spool!.Add(Request((int)added, 5000), 3, _time.GetUtcNow());
                    added += 3;
                    break;
                case < 7 when spool!.Next() is { } request:
                    sent += request.Samples;
                    spool.Done();
                    break;
                case 7:
                    spool!.Next(); // and the hub does not answer
                    break;
                case 8:
                    _time.Advance(TimeSpan.FromMinutes(20));
                    break;
                case 9:
                    Count();
                    spool = DiskSpool.Open(folder["s"], new(60_000, TimeSpan.FromHours(1)), _time);
                    break;
                default:
                    break;
            }
        }
        long waiting = spool!.Waiting;
        Count();
        // Passed records of a file that was still there are found again by the next run: sent twice, and never lost.
        return added <= sent + dropped + waiting;

        void Count()
        {
            dropped += spool is null ? 0 : spool.DroppedFull + spool.DroppedOld + spool.DroppedDamaged;
            spool?.Dispose();
        }
    }, iter: 200, threads: 1);

    public void Dispose() => _folder.Dispose();
}
