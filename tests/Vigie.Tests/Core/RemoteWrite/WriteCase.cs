using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Core.RemoteWrite;
using Vigie.Tests.Support;

namespace Vigie.Tests.Core.RemoteWrite;

/// <summary>A reader at an instant that is moved by hand.</summary>
sealed class WriteCase(IngestLimits? limits = null)
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly long NowMs = Now.ToUnixTimeMilliseconds();

    RemoteWriteReader? _reader;

    public FakeTimeProvider Time { get; } = new(Now);

    public SampleBatch Batch { get; } = new();

    public RemoteWriteReader Reader => _reader ??= new(limits ?? new(), Time);

    /// <summary>Labels, times and values of the batch.</summary>
    public IReadOnlyList<(string Series, long TimeMs, double Value)> Rows =>
        [.. Enumerable.Range(0, Batch.Count).Select(i => ($"{Batch.Series[i].Labels}", Batch.TimesMs[i], Batch.Values[i]))];

    public SampleReading Read(ReadOnlySpan<byte> body, RemoteWriteVersion version = RemoteWriteVersion.V1, string fallback = "token-7")
    {
        Batch.Clear();
        return Reader.Read(body, version, fallback, Batch);
    }

    public SampleReading Send(RemoteWriteVersion version, params SentSeries[] series) =>
        Read(RemoteWriteRequest.Of(version, series), version);

    /// <summary>The one series of a request that must be taken.</summary>
    public Series Take(RemoteWriteVersion version, params (string, string)[] labels)
    {
        var reading = Send(version, RemoteWriteRequest.One(NowMs, labels));
        Assert.Null(reading.Reason);
        Assert.Equal(1, Batch.Count);
        return Batch.Series[0];
    }

    public static (string, string)[] Named(params (string, string)[] more) => [("__name__", "m"), .. more];
}
