using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Storage;

namespace Vigie.Tests.Support;

/// <summary>A hub whose time is moved by hand: report, advance, and see which alerts and mails come of it.</summary>
sealed class AlertStage : IAsyncDisposable
{
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(60);

    readonly SmtpServer _smtp;
    readonly TempFolder _folder;
    readonly Func<HubOptions, HubOptions>? _more;

    AlertStage(SmtpServer smtp, TempFolder folder, FakeTimeProvider time, TestHub hub, Func<HubOptions, HubOptions>? more) =>
        (_smtp, _folder, Time, Hub, _more) = (smtp, folder, time, hub, more);

    public FakeTimeProvider Time { get; }

    public TestHub Hub { get; private set; }

    public SmtpServer Smtp => _smtp;

    public DateTimeOffset Now => Time.GetUtcNow();

    public static async Task<AlertStage> StartAsync(Func<HubOptions, HubOptions>? more = null)
    {
        var smtp = SmtpServer.Start();
        var folder = new TempFolder();
        var time = new FakeTimeProvider(new(2026, 11, 20, 21, 0, 0, TimeSpan.Zero));
        return new(smtp, folder, time, await HubAsync(smtp, folder, time, more), more);
    }

    static Task<TestHub> HubAsync(SmtpServer smtp, TempFolder folder, FakeTimeProvider time, Func<HubOptions, HubOptions>? more) =>
        TestHub.StartAsync(time, o =>
        {
            var options = o with
            {
                Mail = o.Mail with
                {
                    Host = "127.0.0.1",
                    Port = smtp.Port,
                    Security = "none",
                    To = ["admin@example.org"],
                    From = "Vigie <vigie@example.org>",
                },
                // These timelines go by minutes; those that are about the wait set it.
                Incidents = o.Incidents with { Wait = TimeSpan.Zero, WaitCritical = TimeSpan.Zero },
            };
            return more?.Invoke(options) ?? options;
        }, folder: folder.Path);

    /// <summary>The hub is stopped and started again over the same folder, some time later.</summary>
    public async Task RestartAsync(TimeSpan? away = null)
    {
        await Hub.DisposeAsync();
        Time.Advance(away ?? TimeSpan.Zero);
        Hub = await HubAsync(_smtp, _folder, Time, _more);
    }

    public async Task ReportAsync(string host, params (MetricInfo, double, SampleAttribute[])[] samples) =>
        await Hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of(host, Now, samples), "", default);

    /// <summary>One round of the background loops.</summary>
    public async Task<IReadOnlyList<Alert>> RoundAsync()
    {
        var batch = await Hub.Get<HostDirectory>().SweepAsync(default);
        Hub.Get<Vigie.Hub.Heartbeats.Heartbeats>().AddTo(batch);
        await Hub.Get<MetricStore>().WriteAsync(batch, default);
        var changed = await Hub.Get<AlertEngine>().EvaluateAsync(default);
        await Hub.Get<OutboxDelivery>().RunAsync(default);
        return changed;
    }

    /// <summary>Time goes on minute by minute; in each one the host reports these values, if any, and the loops run.</summary>
    public async Task<IReadOnlyList<Alert>> RunAsync(TimeSpan span, string host, params (MetricInfo, double, SampleAttribute[])[] samples)
    {
        var changed = new List<Alert>();
        for (var end = Now + span; Now < end;)
        {
            Time.Advance(Tick);
            if (samples.Length > 0)
                await ReportAsync(host, samples);
            changed.AddRange(await RoundAsync());
        }
        return changed;
    }

    public IReadOnlyList<Alert> Open => Hub.Get<AlertStore>().Open();

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _smtp.Dispose();
        _folder.Dispose();
    }
}
