using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Link;

namespace Vigie.Tests.Agent.Link;

public sealed class SendQueueTests
{
    readonly FakeTimeProvider _time = new();

    SendQueue Queue(long bytes = 30, int minutes = 60) => new(bytes, TimeSpan.FromMinutes(minutes), _time);

    static ReadOnlyMemory<byte> Bytes(byte mark) => Enumerable.Repeat(mark, 10).ToArray();

    static List<byte> Drain(SendQueue queue)
    {
        var order = new List<byte>();
        while (queue.Next() is { } request)
        {
            order.Add(request.Otlp.Span[0]);
            queue.Done(request);
        }
        return order;
    }

    [Fact]
    public void The_freshest_goes_first_and_the_backlog_in_its_order()
    {
        var queue = Queue(bytes: 100);
        foreach (byte mark in new byte[] { 1, 2, 3, 4 })
            queue.Add(Bytes(mark), 1);
        Assert.Equal([4, 1, 2, 3], Drain(queue));
    }

    [Fact]
    public void What_comes_while_the_backlog_is_sent_goes_before_the_rest_of_it()
    {
        var queue = Queue(bytes: 100);
        queue.Add(Bytes(1), 1);
        queue.Add(Bytes(2), 1);
        queue.Add(Bytes(3), 1);
        queue.Done(queue.Next()!);
        queue.Done(queue.Next()!);
        queue.Add(Bytes(4), 1);
        Assert.Equal([4, 2], Drain(queue));
    }

    [Fact]
    public void When_full_the_oldest_goes_and_its_samples_are_counted()
    {
        var queue = Queue();
        for (byte mark = 1; mark <= 5; mark++)
            queue.Add(Bytes(mark), mark);
        Assert.Equal(1 + 2, queue.DroppedFull);
        Assert.Equal([5, 3, 4], Drain(queue));
    }

    [Fact]
    public void What_is_under_way_is_not_dropped()
    {
        var queue = Queue();
        queue.Add(Bytes(1), 1);
        var sending = queue.Next()!;
        for (byte mark = 2; mark <= 5; mark++)
            queue.Add(Bytes(mark), mark);
        Assert.Equal(2 + 3, queue.DroppedFull);
        Assert.Equal(1, sending.Otlp.Span[0]);
        queue.Done(sending);
        Assert.Equal([5, 4], Drain(queue));
    }

    [Fact]
    public void What_has_waited_too_long_is_dropped_and_counted_apart()
    {
        var queue = Queue(minutes: 10);
        queue.Add(Bytes(1), 7);
        _time.Advance(TimeSpan.FromMinutes(6));
        queue.Add(Bytes(2), 1);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal([2], Drain(queue));
        Assert.Equal((7, 0), (queue.DroppedOld, queue.DroppedFull));
    }

    [Fact]
    public void A_request_larger_than_the_queue_is_dropped_and_counted()
    {
        var queue = Queue(bytes: 9);
        queue.Add(Bytes(1), 4);
        Assert.Equal((4, 0), (queue.DroppedFull, queue.Count));
    }

    [Fact]
    public void Every_sample_is_either_sent_or_counted_as_dropped() => Gen.Int[0, 3].List[0, 60].Sample(steps =>
    {
        var queue = new SendQueue(40, TimeSpan.FromMinutes(3), _time);
        long added = 0, sent = 0;
        QueuedRequest? sending = null;
        foreach (int step in steps)
        {
            switch (step)
            {
                case 0: queue.Add(Bytes(1), 3); added += 3; break;
                case 1: sending ??= queue.Next(); break;
                case 2 when sending is not null: sent += sending.Samples; queue.Done(sending); sending = null; break;
                case 3 when sending is not null: queue.Keep(); sending = null; break;
                default: _time.Advance(TimeSpan.FromMinutes(1)); break;
            }
        }
        return added == sent + queue.DroppedFull + queue.DroppedOld + queue.Count * 3;
    }, iter: 500, threads: 1);
}
