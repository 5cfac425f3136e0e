using System.Diagnostics;
using System.IO.Compression;
using Vigie.Agent.Spool;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>A real agent whose hub is away, killed while it writes to its spool.</summary>
public sealed class AgentKillTests
{
    const int Kills = 2, Writes = 2;

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // far longer than it takes where everything is slow

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_spool_held_arrives_once_and_in_order_after_kill_9()
    {
        using TempFolder folder = new(), copy = new();
        string spool = folder["spool"];
        for (int kill = 0; kill < Kills; kill++)
        {
            using var agent = Start(spool, "http://127.0.0.1:9"); // nobody is there
            long seen = BytesIn(spool);
            for (int write = 0; write < Writes; write++)
            {
                await UntilAsync(() => BytesIn(spool) > seen || agent.HasExited, "the spool grows");
                Assert.False(agent.HasExited);
                seen = BytesIn(spool);
            }
            await KillAsync(agent);
        }
        Tear(spool);
        var held = Held(spool, copy.Path);
        Assert.InRange(held.Count, Kills, 1000); // of each run one at least; the last write may be torn already

        using var hub = new ScriptedServer(_ => ScriptedServer.Answer(200));
        using (var agent = Start(spool, hub.Address.ToString()))
        {
            await UntilAsync(() => BytesIn(spool) == 0 && Arrived(hub) is var came && held.All(came.Contains) && came.Exists(c => !held.Contains(c)),
                "all has arrived, and something new");
            await KillAsync(agent);
        }
        var arrived = Arrived(hub);
        Assert.All(held, one => Assert.Single(arrived, came => came == one));
        var order = held.Select(one => arrived.IndexOf(one)).ToList();
        Assert.Equal(order.Order(), order);
    }

    static async Task UntilAsync(Func<bool> isSo, string what)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"waited in vain until {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct);
        }
    }

    static async Task KillAsync(Process agent)
    {
        agent.Kill(); // SIGKILL
        await agent.WaitForExitAsync(Ct);
    }

    static List<string> Arrived(ScriptedServer hub) =>
        [.. hub.Requests.Where(r => r.Line.Contains("/v1/metrics", StringComparison.Ordinal)).Select(r => Unpacked(r.Body))];

    static Process Start(string spool, string hub)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "vigie"),
            ["agent", "--hub", hub, "--name", "killed", "--interval", "1s", "--spool", spool])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None); // a full pipe would stop it
        return process;
    }

    static long BytesIn(string spool)
    {
        try
        {
            return Directory.GetFiles(spool, "*.spool").Sum(file => new FileInfo(file).Length);
        }
        catch (IOException) // it is not made yet, or a file of it has just gone
        {
            return 0;
        }
    }

    /// <summary>As a kill in the middle of a write leaves it: the newest file ends in half of a record.</summary>
    static void Tear(string spool)
    {
        string newest = Directory.GetFiles(spool, "*.spool").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(newest);
        using var file = new FileStream(newest, FileMode.Append);
        file.Write(bytes.AsSpan(0, Math.Min(bytes.Length / 2, 200)));
    }

    /// <summary>All whole requests of a spool, in hexadecimal, from a copy of it.</summary>
    static List<string> Held(string spool, string copy)
    {
        foreach (var file in Directory.GetFiles(spool, "*.spool"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var held = new List<string>();
        using var opened = DiskSpool.Open(copy, new(32 * 1024 * 1024, TimeSpan.FromDays(1)), TimeProvider.System);
        for (; opened.Next() is { } request; opened.Done())
            held.Add(Convert.ToHexString(request.Otlp.Span));
        return held;
    }

    static string Unpacked(byte[] body)
    {
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
            gzip.CopyTo(plain);
        return Convert.ToHexString(plain.ToArray());
    }
}
