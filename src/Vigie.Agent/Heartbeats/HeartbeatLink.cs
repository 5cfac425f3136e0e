using System.Globalization;
using Vigie.Agent.Link;

namespace Vigie.Agent.Heartbeats;

/// <summary>Tells a hub of one run of one job. That it can't is an answer, and never ends the job.</summary>
sealed class HeartbeatLink : IDisposable
{
    const int Tries = 3;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10), Between = TimeSpan.FromSeconds(2);

    readonly HttpClient _http;
    readonly string _target;
    readonly TimeProvider _time;

    /// <param name="every">The job's period as it was written; null for none.</param>
    public HeartbeatLink(Uri hub, string? token, string host, string job, string? every, TimeProvider time)
    {
        _time = time;
        _target = $"{HubHttp.Address(hub, "/api/v1/heartbeat")}?host={Uri.EscapeDataString(host)}&job={Uri.EscapeDataString(job)}"
            + (every is null ? "" : $"&every={Uri.EscapeDataString(every)}");
        _http = HubHttp.Client(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }, token);
    }

    /// <returns>Why the hub does not know of it; null when it does.</returns>
    public Task<string?> StartedAsync() => SendAsync("&state=start", tries: 1);

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
            using var limit = new CancellationTokenSource(Timeout, _time);
            try
            {
                using var response = await _http.PostAsync(_target + what, null, limit.Token);
                if (response.IsSuccessStatusCode)
                    return null;
                trouble = $"the hub answered {(int)response.StatusCode} {response.ReasonPhrase}";
                if ((int)response.StatusCode is >= 400 and < 500)
                    break; // the same would be refused again
            }
            catch (OperationCanceledException)
            {
                trouble = $"the hub did not answer within {Timeout.TotalSeconds:0} s";
            }
            catch (HttpRequestException e)
            {
                trouble = e.Message;
            }
        }
        return $"{trouble}; it does not know how this job went";
    }

    public void Dispose() => _http.Dispose();
}
