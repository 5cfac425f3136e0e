using System.Collections.Frozen;

namespace Vigie.Core.Metrics;

/// <summary>A host that a request spoke for.</summary>
/// <param name="Name">The label <c>host</c> of its series.</param>
/// <param name="Attributes">What the sender tells of it, in OpenTelemetry's spelling; empty when its protocol has no words for it.</param>
/// <param name="LastMs">Its newest sample in the request, Unix milliseconds.</param>
public readonly record struct SeenHost(string Name, IReadOnlyDictionary<string, string> Attributes, long LastMs)
{
    public static readonly IReadOnlyDictionary<string, string> NoAttributes = FrozenDictionary<string, string>.Empty;
}

/// <summary>What a request held besides the samples.</summary>
/// <param name="Hosts">Those that sent at least one sample; one may stand here twice.</param>
/// <param name="Refused">Samples that were not taken.</param>
/// <param name="Reason">Why, in a sentence; several reasons are joined. Null when nothing was refused.</param>
public sealed record SampleReading(IReadOnlyList<SeenHost> Hosts, int Refused, string? Reason)
{
    public RefusalCounts Counts { get; init; }
}

/// <summary>Counts what a request's reader refuses, by reason.</summary>
sealed class Refusals
{
    /// <summary>A reason may name what the sender wrote, so a hostile one could bring as many as it sends series.</summary>
    const int MostReasons = 20;

    const string Others = "other reasons";

    readonly int[] _kinds = new int[RefusalCounts.Kinds];
    List<(string Reason, int Samples)>? _refused;

    public int Count { get; private set; }

    public RefusalCounts Counts => Count == 0 ? default : RefusalCounts.Of(_kinds);

    public string? Reason => Count == 0 ? null : string.Join("; ", _refused!.Select(r => $"{r.Samples} refused: {r.Reason}"));

    public void Add(RefusalKind kind, string reason, int samples = 1)
    {
        if (samples == 0)
            return;
        Count += samples;
        _kinds[(int)kind] += samples;
        _refused ??= [];
        int at = _refused.FindIndex(r => r.Reason == reason);
        if (at < 0 && _refused.Count < MostReasons)
        {
            _refused.Add((reason, samples));
            return;
        }
        if (at < 0 && _refused[^1].Reason != Others)
            _refused.Add((Others, 0));
        at = at < 0 ? _refused.Count - 1 : at;
        _refused[at] = (_refused[at].Reason, _refused[at].Samples + samples);
    }

    public void Clear()
    {
        Count = 0;
        Array.Clear(_kinds);
        _refused?.Clear();
    }
}
