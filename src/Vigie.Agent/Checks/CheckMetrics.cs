using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Checks;

/// <summary>
/// A check's result as samples: its state, how long it took, and each value in the metric of its unit, so that a chart has one axis.
/// </summary>
static class CheckMetrics
{
    static readonly MetricInfo Status = new("vigie.check.status", "1", MetricKind.Gauge,
        "State of the check's last run: 0 ok, 1 warning, 2 critical, 3 unknown.");

    static readonly MetricInfo Plain = Of("value", "1", "that has no unit, or one that is named in the label unit");
    static readonly MetricInfo Bytes = Of("bytes", "By", "in bytes");
    static readonly MetricInfo Seconds = Of("seconds", "s", "in seconds");
    static readonly MetricInfo Ratio = Of("ratio", "1", "as a share; percent are divided by hundred");

    static readonly MetricInfo Counter =
        new("vigie.check.counter", "1", MetricKind.Counter, "A value of the check that only grows, by label.");

    static readonly MetricInfo Limit = new("vigie.check.limit", "1", MetricKind.Gauge,
        "Limit of a check's value, in that value's unit: warning_low, warning_high, critical_low, critical_high or max.");

    /// <summary>Every metric that checks report, for tests and documents.</summary>
    public static IReadOnlyList<MetricInfo> All { get; } = [Status, Plain, Bytes, Seconds, Ratio, Counter, Limit];

    public static void Add(OtlpSamples round, CheckResult result)
    {
        var check = new SampleAttribute("check", result.Name);
        round.Add(Status, (int)result.State, 0, check);
        foreach (var value in result.Values)
        {
            var label = new SampleAttribute("label", value.Label);
            round.Add(Metric(value.Unit), value.Value, 0, check, label, new("unit", value.Suffix));
            AddRange(round, "warning", value.Warning, check, label);
            AddRange(round, "critical", value.Critical, check, label);
            AddLimit(round, "max", value.Max, check, label);
        }
    }

    static void AddRange(OtlpSamples round, string state, CheckRange? range, SampleAttribute check, SampleAttribute label)
    {
        AddLimit(round, state + "_low", range?.Low, check, label);
        AddLimit(round, state + "_high", range?.High, check, label);
    }

    static void AddLimit(OtlpSamples round, string name, double? limit, SampleAttribute check, SampleAttribute label)
    {
        if (limit is { } value)
            round.Add(Limit, value, 0, check, label, new("limit", name));
    }

    static MetricInfo Metric(CheckUnit unit) => unit switch
    {
        CheckUnit.Bytes => Bytes,
        CheckUnit.Seconds => Seconds,
        CheckUnit.Ratio => Ratio,
        CheckUnit.Counter => Counter,
        _ => Plain,
    };

    static MetricInfo Of(string name, string unit, string how) =>
        new($"vigie.check.{name}", unit, MetricKind.Gauge, $"A value of the check, by label, {how}.");
}
