using System.Text;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.RemoteWrite;

/// <summary>
/// One request on its way through the reader: which series come next, what was taken and what was refused. Reused from request
/// to request.
/// </summary>
sealed class RemoteWritePass(SeriesTable table, IngestLimits limits)
{
    const long SeenGrainMs = 60_000;

    readonly Refusals _refused = new();
    readonly Dictionary<KnownHost, long> _others = new(ReferenceEqualityComparer.Instance);
    SampleBatch _batch = null!;
    string _fallbackHost = "";
    long _nowMs, _futureMs;
    KnownSeries? _last;
    KnownHost? _host;
    long _hostLastMs;

    public IngestLimits Limits => limits;

    public KnownMetrics Metrics => table.Metrics;

    /// <summary>The labels of one series, put together. It grows to the most that a series may have.</summary>
    public byte[] Scratch { get; private set; } = new byte[1024];

    public Symbols Symbols { get; } = new();

    public void Begin(SampleBatch batch, string fallbackHost, long nowMs)
    {
        (_batch, _fallbackHost, _nowMs) = (batch, fallbackHost, nowMs);
        _futureMs = nowMs + (long)limits.Future.TotalMilliseconds;
        (_last, _host) = (null, null);
        _others.Clear();
        _refused.Clear();
    }

    public SampleReading End()
    {
        NoteHost();
        SeenHost[] hosts = _others.Count == 0 ? [] : new SeenHost[_others.Count];
        int i = 0;
        foreach (var (host, lastMs) in _others)
            hosts[i++] = new(host.Name, SeenHost.NoAttributes, lastMs);
        var reading = new SampleReading(hosts, _refused.Count, _refused.Reason) { Counts = _refused.Counts };
        (_batch, _last, _host) = (null!, null, null); // what waits for the next request holds nothing of this one
        _others.Clear();
        return reading;
    }

    public void Refuse(RefusalKind kind, string reason, int samples) => _refused.Add(kind, reason, samples);

    public void RefuseHistograms(int histograms)
    {
        if (histograms > 0)
            Refuse(RefusalKind.Unsupported, "native histograms are not stored: send classic ones", histograms);
    }

    /// <summary>MetricMetadata of version 1.0. What is no text is passed over: it is no sample's loss.</summary>
    public void Learn(ReadOnlySpan<byte> family, ulong type, ReadOnlySpan<byte> unit, ReadOnlySpan<byte> help)
    {
        Span<char> name = stackalloc char[256];
        if (family.Length <= name.Length && Encoding.UTF8.TryGetChars(family, name, out int length))
            Metrics.Learn(name[..length], type, unit, help);
    }

    /// <summary>Puts bytes into <see cref="Scratch"/>.</summary>
    public void Collect(ReadOnlySpan<byte> bytes, int at)
    {
        if (Scratch.Length - at < bytes.Length)
        {
            byte[] larger = new byte[Math.Max(Scratch.Length * 2, at + bytes.Length)];
            Scratch.AsSpan(0, at).CopyTo(larger);
            Scratch = larger;
        }
        bytes.CopyTo(Scratch.AsSpan(at));
    }

    /// <summary>Writes a label as version 1.0 spells it, and returns where the next one begins.</summary>
    public int AppendLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int at)
    {
        const int MostHeads = 18; // three tags and three lengths of up to five bytes
        if (Scratch.Length - at < name.Length + value.Length + MostHeads)
            Collect(new byte[name.Length + value.Length + MostHeads], at);
        var scratch = Scratch;
        int nameSize = SizeOf(name), valueSize = SizeOf(value);
        scratch[at++] = 0x0a;
        at = Number(scratch, at, nameSize + valueSize);
        at = Text(scratch, at, 0x0a, name);
        return Text(scratch, at, 0x12, value);
    }

    static int SizeOf(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? 0 : text.Length + (text.Length < 128 ? 2 : text.Length < 16384 ? 3 : 4);

    /// <summary>An empty text is not on the wire.</summary>
    static int Text(byte[] scratch, int at, byte tag, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return at;
        scratch[at++] = tag;
        at = Number(scratch, at, text.Length);
        text.CopyTo(scratch.AsSpan(at));
        return at + text.Length;
    }

    static int Number(byte[] scratch, int at, int number)
    {
        for (; number >= 0x80; number >>= 7)
            scratch[at++] = (byte)(number | 0x80);
        scratch[at++] = (byte)number;
        return at;
    }

    /// <summary>The series that is expected to come next; null when nothing is expected.</summary>
    public KnownSeries? Expected => _last?.Next is { IsDropped: false } next && next.IsOf(_fallbackHost) ? next : null;

    /// <summary>Finds or makes the series of these labels. Null when it is refused; its samples are counted then.</summary>
    /// <param name="fields">The labels as fields of version 1.0.</param>
    /// <param name="offset">Where they stand in the body.</param>
    public KnownSeries? Find(ReadOnlySpan<byte> fields, int offset, int samples)
    {
        if (fields.Length > limits.SeriesBytes)
        {
            Refuse(RefusalKind.Labels, limits.SeriesBytesRefusal, samples);
            return null;
        }
        var key = new SeriesKey(fields, _fallbackHost);
        if (table.Find(key) is { } known)
            return known;
        var labels = SeriesLabels.Read(fields, offset, _fallbackHost, limits, table.Texts,
            out string host, out bool isFallback, out string? refusal);
        var added = labels is null ? null : table.Add(key, labels, host, isFallback, _nowMs, out refusal);
        if (added is null)
            Refuse(labels is null ? RefusalKind.Labels : RefusalKind.Series, refusal!, samples);
        return added;
    }

    /// <summary>The samples that follow are this series'. Returns what stands for it now.</summary>
    public KnownSeries Enter(KnownSeries series)
    {
        if (!series.IsCurrent)
            series = table.Redeclare(series);
        if (_last is { } last && !ReferenceEquals(last.Next, series))
            last.Next = series;
        _last = series;
        if (_nowMs - series.SeenMs > SeenGrainMs)
            series.SeenMs = _nowMs;
        if (!ReferenceEquals(series.Host, _host))
        {
            NoteHost();
            (_host, _hostLastMs) = (series.Host, long.MinValue);
        }
        return series;
    }

    /// <summary>Sample{value=1, timestamp=2}, and in version 2.0 start_timestamp=3. What is zero is not on the wire.</summary>
    public void ReadSample(ProtoReader sample, Series series)
    {
        double value = 0;
        long timeMs = 0;
        while (sample.Next())
        {
            switch (sample.Field)
            {
                case 1: value = sample.Double(); break;
                case 2: timeMs = (long)sample.VarintField(); break;
                default: sample.Skip(); break;
            }
        }
        Take(series, timeMs, value);
    }

    public void Take(Series series, long timeMs, double value)
    {
        if (timeMs > _futureMs)
        {
            Refuse(RefusalKind.Future, limits.FutureRefusal("a sample"), 1);
            return;
        }
        _batch.Add(series, timeMs, value);
        _hostLastMs = Math.Max(_hostLastMs, timeMs);
    }

    void NoteHost()
    {
        if (_host is { } host && _hostLastMs != long.MinValue)
            _others[host] = _others.TryGetValue(host, out long before) ? Math.Max(before, _hostLastMs) : _hostLastMs;
    }
}
