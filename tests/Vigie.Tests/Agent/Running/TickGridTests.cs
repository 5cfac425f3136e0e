using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Running;

namespace Vigie.Tests.Agent.Running;

public sealed class TickGridTests
{
    static readonly TickGrid Grid = new(TimeSpan.FromSeconds(15));

    readonly FakeTimeProvider _time = new(At("12:00:07.250"));

    Task<DateTimeOffset> NextAsync() => Grid.NextAsync(_time, new(_time), default).AsTask();

    static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-03-01T{time}Z");

    [Fact]
    public async Task The_next_tick_is_the_next_multiple_of_the_interval()
    {
        var next = NextAsync();
        _time.Advance(TimeSpan.FromSeconds(7.5));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(At("12:00:15"), await next);
    }

    [Fact]
    public async Task Exactly_on_a_tick_the_next_one_is_awaited()
    {
        _time.SetUtcNow(At("12:00:15"));
        var next = NextAsync();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(At("12:00:30"), await next);
    }

    [Fact]
    public async Task A_jump_forward_gives_the_tick_just_passed_and_leaves_the_missed_ones_out()
    {
        var next = NextAsync();
        _time.SetUtcNow(At("13:10:52"));
        Assert.Equal(At("13:10:45"), await next);
    }

    [Fact]
    public async Task A_jump_backward_is_followed_within_one_interval()
    {
        var next = NextAsync();
        _time.AdjustTime(At("09:00:01")); // timers run on, the calendar does not
        _time.Advance(TimeSpan.FromSeconds(7.75));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(6.25));
        Assert.Equal(At("09:00:15"), await next);
    }

    [Fact]
    public void The_grid_begins_at_the_epoch_whatever_the_interval() =>
        Assert.Equal(0, (new TickGrid(TimeSpan.FromSeconds(7)).AtOrBefore(At("12:00:00")).ToUnixTimeSeconds()) % 7);
}
