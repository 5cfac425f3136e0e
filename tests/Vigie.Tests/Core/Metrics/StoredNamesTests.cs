using Vigie.Core.Metrics;

namespace Vigie.Tests.Core.Metrics;

public sealed class StoredNamesTests
{
    [Theory]
    [InlineData("system.memory.utilization", "1", MetricKind.Gauge, "system_memory_utilization_ratio")]
    [InlineData("system.memory.usage", "By", MetricKind.Gauge, "system_memory_usage_bytes")]
    [InlineData("system.cpu.time", "s", MetricKind.Counter, "system_cpu_time_seconds_total")]
    [InlineData("system.disk.operations", "{operation}", MetricKind.Counter, "system_disk_operations_total")]
    [InlineData("system.uptime", "s", MetricKind.Gauge, "system_uptime_seconds")]
    [InlineData("vigie.users.logged_in", "{user}", MetricKind.Gauge, "vigie_users_logged_in")]
    [InlineData("requests_total", "", MetricKind.Counter, "requests_total")]
    [InlineData("9 lives!!", "", MetricKind.Gauge, "_9_lives_")]
    public void A_name_is_stored_in_its_prometheus_spelling(string name, string unit, MetricKind kind, string stored) =>
        Assert.Equal(stored, StoredNames.Metric(name, unit, kind));
}
