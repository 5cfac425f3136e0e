using System.Runtime.CompilerServices;
using Vigie.Agent.Activity;
using Vigie.Agent.Checks;
using Vigie.Agent.Exposition;
using Vigie.Agent.Inventory;
using Vigie.Agent.Link;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;
using Vigie.Agent.Running;
using Vigie.Agent.Snapshots;
using Vigie.Agent.Spool;
using Vigie.Core.Otlp;

namespace Vigie.Agent;

/// <summary>
/// One agent: measures this host at each tick of the grid and hands the samples to an exporter. Runs by itself in <c>vigie-agent</c>, or
/// inside the hub with the hub's own exporter.
/// </summary>
public sealed class AgentHost
{
    static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(5);

    /// <summary>A hub that was set up anew, or has lost a request, knows what metrics are about after this.</summary>
    static readonly TimeSpan BetweenDescriptions = TimeSpan.FromHours(1);

    readonly AgentOptions _options;
    readonly IExporter _exporter;
    readonly AgentLog _log;
    readonly TimeProvider _time;
    readonly RoundLoop? _loop;
    readonly ProbeRunner _runner;
    readonly HubLink _link;
    readonly OtlpMetricsWriter _writer;
    readonly OtlpSamples _round = new();
    readonly AgentChecks _checks;
    readonly SnapshotLink? _snapshots;
    long _described;
    readonly AgentInventory? _inventory;
    readonly AgentActivity? _activity;
    readonly MetricsServer? _metrics;

    /// <param name="snapshots">Takes the texts of checks; null when nobody does.</param>
    /// <exception cref="ArgumentException">The options are wrong; the message tells every error.</exception>
    public AgentHost(AgentOptions options, IExporter exporter, AgentLog log, TimeProvider time, ISnapshotSink? snapshots = null)
        : this(options, exporter, log, time, snapshots, null)
    {
    }

    /// <param name="loop">Carries the rounds, in a program that has nothing else to do; null when the pool's threads do.</param>
    internal AgentHost(AgentOptions options, IExporter exporter, AgentLog log, TimeProvider time, ISnapshotSink? snapshots, RoundLoop? loop)
    {
        if (options.Errors() is { Count: > 0 } errors)
            throw new ArgumentException(string.Join('\n', errors), nameof(options));
        (_options, _exporter, _log, _time, _loop) = (options, exporter, log, time, loop);

        var root = new HostRoot(options.Root);
        ulong boot = HostIdentity.BootUnixNano(root);
        var processes = new ProcessTable(root, time);
        var context = new ProbeContext(root, time, options.EffectiveProbeTimeout, options.PerCore, options.HideUsers, loop, processes);
        ProbeSlot[] builtIn =
        [
            .. ProbeCatalog.Names.Where(name => !options.DisabledProbes.Contains(name))
                .Select(name => new ProbeSlot(ProbeCatalog.Create(name, context), time, log, boot, loop)),
        ];
        var scripts = options.ProbesDir is null
            ? null
            : new ScriptFolder(options.ProbesDir, time, log, script => new(script, time, log, countersStartUnixNano: 0, loop));
        _runner = new(scripts is null ? () => builtIn : With(builtIn, scripts), root, options.EffectiveProbeTimeout, time);
        _link = new(exporter, new(options.QueueBytes, options.QueueAge, time), new(Random.Shared), time, log, loop);
        _checks = new(options, root, time, log, loop);
        Resource = HostIdentity.Read(options, root);
        _snapshots = snapshots is null ? null
            : new(snapshots, HostIdentity.Name(options, root), new(Random.Shared), time, log, loop);
        _writer = new(Resource, "vigie-agent", AgentVersion.Text) { DescribesOnce = true };
        _inventory = _snapshots is null || options.DisabledProbes.Contains(AgentInventory.Name) ? null
            : new(root, _snapshots, time, log, options.OwnsProcess);
        _activity = _snapshots is null || options.DisabledProbes.Contains(AgentActivity.Name) ? null
            : new(root, processes, new(root, options.HideUsers), _snapshots, time, log, loop);
        _metrics = options.Metrics is { } asked && MetricsAddress.Parse(asked, out _) is { } address
            ? new(address, NodeMetrics.Of(root, time), time, log) : null;
    }

    /// <summary>Who this agent says it is.</summary>
    public IReadOnlyList<ResourceAttribute> Resource { get; }

    /// <summary>Samples measured that will never arrive, since the start.</summary>
    public long SamplesDropped => _link.SamplesDropped;

    /// <summary>
    /// Measures at once and then at every tick, until cancelled; then sends what is left, for a few seconds at most, and returns.
    /// </summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var spool = OpenSpool();
        if (spool is not null)
            _link.Use(spool);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all =
        [
            MeasureAsync(end.Token), _link.RunAsync(end.Token),
            .. new[] { _snapshots?.RunAsync(end.Token), _inventory?.RunAsync(end.Token), _activity?.RunAsync(end.Token),
                _metrics?.RunAsync(end.Token) }.OfType<Task>(),
        ];
        await Task.WhenAny(all); // none ends by itself; should one break, the others must not go on alone
        await end.CancelAsync();
        try
        {
            await Task.WhenAll(all);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The way it is meant to end.
        }
        finally
        {
            await FlushAsync();
        }
    }

    Func<IReadOnlyList<ProbeSlot>> With(ProbeSlot[] builtIn, ScriptFolder scripts)
    {
        IReadOnlyList<ProbeSlot> own = [];
        IReadOnlyList<ProbeSlot> all = builtIn;
        return () =>
        {
            if (scripts.Current() is var now && !ReferenceEquals(now, own))
                (own, all) = (now, [.. builtIn, .. now.Where(IsEnabled)]);
            return all;
        };
    }

    DiskSpool? OpenSpool()
    {
        if (_options.SpoolDir is not { } folder)
            return null;
        try
        {
            return DiskSpool.Open(folder, new(_options.SpoolBytes, _options.QueueAge), _time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log(AgentLogLevel.Warning, $"{e.Message}; while the hub is away, samples are kept in memory, as many as fit "
                + "(--spool DIR names another folder; each agent needs its own)");
            return null;
        }
    }

    /// <summary>One round, with two readings where a share over time needs them, sent at once and once.</summary>
    /// <returns>What became of it; nothing of it is kept.</returns>
    public async Task<ExportOutcome> RunOnceAsync(CancellationToken ct)
    {
        var tick = await MeasureOnceAsync(ct);
        var outcome = await _exporter.SendAsync(Encode(tick), _round.Count, ct);
        if (_snapshots is not null && outcome.Result == ExportResult.Accepted)
        {
            await (_inventory?.LookAsync(ct) ?? Task.CompletedTask);
            await _snapshots.FlushAsync(ct);
        }
        return outcome;
    }

    /// <summary>One round as lines for people: who this is, an empty line, and one line per sample. Nothing is sent.</summary>
    public async Task<IReadOnlyList<string>> DescribeOnceAsync(CancellationToken ct)
    {
        await MeasureOnceAsync(ct);
        return [.. SamplePrinter.Resource(Resource).Split('\n'), "", .. SamplePrinter.Lines(_round)];
    }

    async Task<DateTimeOffset> MeasureOnceAsync(CancellationToken ct)
    {
        await _runner.PrimeAsync(ct);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        await CollectAsync(now, once: true, ct);
        return now;
    }

    async Task MeasureAsync(CancellationToken ct)
    {
        var grid = new TickGrid(_options.Interval);
        using var waker = new Waker(_time, _loop);
        await _runner.PrimeAsync(ct);
        for (var tick = grid.AtOrBefore(_time.GetUtcNow()); ; tick = await grid.NextAsync(_time, waker, ct))
        {
            await CollectAsync(tick, once: false, ct);
            _link.Add(Encode(tick), _round.Count);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask CollectAsync(DateTimeOffset tick, bool once, CancellationToken ct)
    {
        _round.Clear();
        _checks.Start(tick, ct);
        await _runner.RunAsync(tick, _round, ct);
        await _checks.AddToAsync(_round, toTheEnd: once, ct);
        if (_snapshots is not null && _checks.Document() is { } document)
            _snapshots.Offer(CheckDocument.Kind, document);
        _link.Report(_round);
    }

    ReadOnlyMemory<byte> Encode(DateTimeOffset tick)
    {
        if (_time.GetElapsedTime(_described) >= BetweenDescriptions)
        {
            _writer.DescribeAgain();
            _described = _time.GetTimestamp();
        }
        return _writer.Write(_round, (ulong)tick.ToUnixTimeMilliseconds() * 1_000_000);
    }

    bool IsEnabled(ProbeSlot slot) => !_options.DisabledProbes.Contains(slot.Info.Name);

    async Task FlushAsync()
    {
        using var limit = new CancellationTokenSource(FlushTime, _time);
        try
        {
            await _link.FlushAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _log(AgentLogLevel.Warning, "the hub did not take the last samples in time");
        }
    }
}
