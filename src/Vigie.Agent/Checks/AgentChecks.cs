using System.Runtime.CompilerServices;
using Vigie.Agent.Checks.Kinds;
using Vigie.Agent.Reading;
using Vigie.Agent.Running;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Checks;

/// <summary>The checks of one agent: run beside its rounds, told in them, and with their texts in a document.</summary>
sealed class AgentChecks
{
    /// <summary>How long a round waits for checks, so that quick ones are told at the tick at which they ran.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>A change of state is told at once, other words and numbers at most so often.</summary>
    static readonly TimeSpan BetweenDocuments = TimeSpan.FromMinutes(1);

    readonly CheckRunner _runner;
    readonly TimeProvider _time;
    readonly TimeSpan _wait;
    (int Changes, string States, long At) _told = (0, "", 0);

    public AgentChecks(AgentOptions options, HostRoot root, TimeProvider time, AgentLog log, RoundLoop? loop = null)
    {
        var context = new CheckContext(root, time, log);
        var set = new CheckSet(options.ChecksFile, options.DisabledProbes.Contains(TextFileCheck.Name) ? [] : [new UsualTextFiles(context)], context);
        (_runner, _time) = (new(set.Current, time, log, loop), time);
        _wait = options.Interval / 4 < LongestWait ? options.Interval / 4 : LongestWait;
    }

    public void Start(DateTimeOffset tick, CancellationToken ct) => _runner.Start(tick, ct);

    /// <summary>Adds what the checks have found; waits for those that run, a short time or to their end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AddToAsync(OtlpSamples round, bool toTheEnd, CancellationToken ct)
    {
        await _runner.SettleAsync(toTheEnd ? TimeSpan.FromHours(1) : _wait, ct);
        _runner.AddTo(round);
    }

    /// <summary>The document about the checks, when there is something to tell.</summary>
    public byte[]? Document()
    {
        if (_runner.Changes == _told.Changes)
            return null;
        var reports = _runner.Reports;
        string states = string.Join('\n', reports.Select(r => $"{r.Result.State} {r.Result.Name}"));
        if (states == _told.States && (reports.Count == 0 || _time.GetElapsedTime(_told.At) < BetweenDocuments))
            return null;
        _told = (_runner.Changes, states, _time.GetTimestamp());
        return CheckDocument.Write(reports);
    }
}
