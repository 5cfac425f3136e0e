using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Vigie.Storage;
using Vigie.Tests.Storage;

namespace Vigie.Tests.Faults;

/// <summary>
/// A process with nothing but a store: senders, and a background that seals, merges, rolls up and cleans all the time. It tells
/// each step, one a line, so that whoever started it knows what was acknowledged and can kill it in the middle of anything.
/// </summary>
sealed class StoreProcess : IDisposable
{
    public const string Word = "store-to-kill";

    const int Senders = 3;

    /// <summary>So small that blocks are made, merged and cut all the time, each group in a transaction of its own.</summary>
    static readonly StoreLimits Limits = new()
    {
        BlockInstants = 32,
        HeadSamples = 400,
        RollupDelay = LedgerBatch.RollupDelay,
        SealBytes = 1,
        GroupsTogether = 1,
    };

    readonly Process _process;

    StoreProcess(Process process) => _process = process;

    public static StoreProcess Start(string folder, int firstBatch) => new(Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Vigie.Tests"), [Word, folder, $"{firstBatch}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    /// <summary>The next step; null when the process has ended.</summary>
    public ValueTask<string?> NextAsync() => new(_process.StandardOutput.ReadLineAsync());

    /// <summary>kill -9 at an instant of its own choice, unless it ends before.</summary>
    public void KillWithin(TimeSpan time)
    {
        if (!_process.WaitForExit(time))
            _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            KillWithin(TimeSpan.Zero);
        _process.Dispose();
    }

    /// <summary>The process itself. It ends only when it is killed, or when something is wrong.</summary>
    public static async Task<int> MainAsync(string folder, int firstBatch)
    {
        try
        {
            new Thread(EndWithParent) { IsBackground = true }.Start();
            Tell("start");
            var time = new FakeTimeProvider(StoreCase.Now);
            using var database = Database.Open(Path.Combine(folder, "monitoring.db"), time);
            using var store = new MetricStore(database, time, Limits);
            Tell("open");
            int next = firstBatch - 1;
            using var more = new SemaphoreSlim(0);
            var work = Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    int batch = Interlocked.Increment(ref next);
                    var result = await store.WriteAsync(LedgerBatch.Of(batch), default);
                    Tell(result.Refused == 0 ? $"stored {batch}" : $"wrong: {result.Reason}");
                    more.Release();
                }
            })).Append(Task.Run(() => TendAsync(store, more)));
            await await Task.WhenAny(work);
        }
        catch (Exception e)
        {
            Tell($"wrong: {e.ToString().ReplaceLineEndings(" ")}");
        }
        return 1;
    }

    /// <summary>Nobody would end it when whoever has started it was killed.</summary>
    static void EndWithParent()
    {
        Console.In.ReadToEnd();
        Environment.Exit(1);
    }

    static async Task TendAsync(MetricStore store, SemaphoreSlim more)
    {
        for (int round = 0; ; round++)
        {
            await more.WaitAsync(); // a round without anything new would only tell steps
            while (more.Wait(0)) { }
            Tell("seal");
            await store.SealAsync(default);
            Tell("sealed");
            if (round % 3 != 2)
                continue;
            Tell("clean");
            await store.CleanAsync(LedgerBatch.Cut, exact: round % 2 == 0, null, default);
            Tell("cleaned");
        }
    }

    /// <summary>A line is written at once, so none is there in part.</summary>
    static void Tell(string step) => Console.Out.WriteLine(step);
}
