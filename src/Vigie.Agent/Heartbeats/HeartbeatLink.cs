using System.Globalization;
using Vigie.Agent.Link;

namespace Vigie.Agent.Heartbeats;

/// <summary>Tells a hub of one run of one job. That it can't is an answer, and never ends the job.</summary>
sealed class HeartbeatLink : IDisposable
{
    const int Tries = 3;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10), Between = TimeSpan.FromSeconds(2);

    readonly HubHttp _hub;
    readonly string _path;
    readonly TimeProvider _time;

    /// <param name="every">The job's period as it was written; null for none.</param>
    public HeartbeatLink(Uri hub, string? token, string host, string job, string? every, string? pin, TimeProvider time)
    {
        (_hub, _time) = (new(hub, token, Timeout, time, pin), time);
        _path = $"/api/v1/heartbeat?host={Uri.EscapeDataString(host)}&job={Uri.EscapeDataString(job)}"
            + (every is null ? "" : $"&every={Uri.EscapeDataString(every)}");
    }

    /// <returns>Why the hub does not know of it; null when it does.</returns>
    public Task<string?> StartedAsync() => Task.Run(() => SendAsync("&state=start", tries: 1)); // sending blocks its thread

    /// <returns>Why the hub does not know of it; null when it does.</returns>
    public Task<string?> EndedAsync(int exitCode, TimeSpan took, string text) => SendAsync(string.Create(CultureInfo.InvariantCulture,
        $"&state=end&exit={exitCode}&seconds={took.TotalSeconds:0.###}&text={Uri.EscapeDataString(text)}"), Tries);

    async Task<string?> SendAsync(string what, int tries)
    {
        string trouble = "";
        for (int i = 0; i < tries; i++)
        {
            if (i > 0)
                await Task.Delay(Between, _time);
            try
            {
                var reply = _hub.Send(_hub.Post(_path + what), default, CancellationToken.None);
                if (reply.IsSuccess)
                    return null;
                trouble = $"the hub answered {reply.Status} {reply.Reason}";
                if (reply.Status is >= 400 and < 500)
                    break; // the same would be refused again
            }
            catch (IOException e)
            {
                trouble = e.Message;
            }
        }
        return $"{trouble}; it does not know how this job went";
    }

    public void Dispose() => _hub.Dispose();
}
