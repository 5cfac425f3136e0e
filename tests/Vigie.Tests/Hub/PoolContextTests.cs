using Vigie.Hub;

namespace Vigie.Tests.Hub;

public sealed class PoolContextTests
{
    [Fact]
    public async Task Work_never_goes_on_in_the_thread_that_has_answered_it()
    {
        var answer = new TaskCompletionSource();
        int answering = 0;
        var after = new TaskCompletionSource<int>();
        var work = PoolContext.RunAsync(async _ =>
        {
            await answer.Task;
            after.SetResult(Environment.CurrentManagedThreadId);
            Assert.IsType<PoolContext>(SynchronizationContext.Current);
        }, default);
        var thread = new Thread(() =>
        {
            answering = Environment.CurrentManagedThreadId;
            answer.SetResult(); // without the context the work would go on here
        });
        thread.Start();
        thread.Join();
        await work;
        Assert.NotEqual(answering, await after.Task);
    }

    [Fact]
    public async Task What_the_work_throws_comes_out_and_the_caller_s_context_is_his_own()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => PoolContext.RunAsync(_ => throw new InvalidOperationException(), default));
        await PoolContext.RunAsync(_ => Task.CompletedTask, default);
        Assert.IsNotType<PoolContext>(SynchronizationContext.Current);
    }
}
