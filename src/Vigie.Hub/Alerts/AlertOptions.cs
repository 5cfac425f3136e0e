using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts;

sealed record AlertOptions
{
    [Description("How often rules are evaluated at least; what arrives is looked at within a second in any case."), Between("1s", "5min")]
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(5);

    [Description("A server that has sent nothing for so long is inactive (critical)."), Between("1min", "7d")]
    public TimeSpan InactiveAfter { get; init; } = TimeSpan.FromMinutes(30);

    [Description("CPU use, in percent over three minutes and for two minutes more, from which an alert is critical."), Between("1", "100")]
    public double CpuPercent { get; init; } = 90;

    [Description("Use of a file system, in percent, from which an alert is critical. What rounds to 100 is full."), Between("1", "100")]
    public double DiskPercent { get; init; } = 100;

    [Description("Use of memory (what programs can't get any more), in percent, from which an alert is critical."), Between("1", "100")]
    public double MemoryPercent { get; init; } = 100;

    [Description("Names of rules that are off; `vigie alerts --rules` lists all.")]
    public IReadOnlyList<string> Disabled { get; init; } = [];
}
