namespace Vigie.Hub.Alerts.Watchdog;

/// <summary>Background work by which somebody notices that Vigie does not work any more.</summary>
static class WatchdogLoops
{
    public static void Add(IServiceCollection services, WatchdogOptions options)
    {
        services.AddSingleton<SelfTest>().AddSingleton<OutboundHeartbeat>();
        if (options.SelfTestEvery > TimeSpan.Zero)
            HubLoops.Add(services, "Self-test", TimeSpan.FromMinutes(1), s => s.GetRequiredService<SelfTest>().RunAsync);
        if (options.HasHeartbeat)
            HubLoops.Add(services, "Heartbeat", options.HeartbeatEvery, s => ct => s.GetRequiredService<OutboundHeartbeat>().RunAsync(ct));
    }
}
