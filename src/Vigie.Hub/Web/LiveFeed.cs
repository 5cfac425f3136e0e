using System.Collections.Concurrent;
using Vigie.Hub.Alerts;
using Vigie.Hub.Hosts;

namespace Vigie.Hub.Web;

/// <summary>Tells open pages which hosts have just reported, and their numbers.</summary>
sealed class LiveFeed
{
    readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();
    readonly Headlines _headlines;
    readonly HostDirectory _hosts;
    readonly AlertStore _alerts;
    readonly TimeProvider _time;
    readonly SemaphoreSlim _asking = new(1, 1);
    (DateTimeOffset At, IReadOnlyDictionary<string, Headline> Numbers) _last =
        (DateTimeOffset.MinValue, new Dictionary<string, Headline>(StringComparer.Ordinal));

    public LiveFeed(HostDirectory hosts, Headlines headlines, AlertStore alerts, TimeProvider time)
    {
        (_hosts, _headlines, _alerts, _time) = (hosts, headlines, alerts, time);
        hosts.Reported += names =>
        {
            foreach (var subscription in _subscriptions.Keys)
                subscription.Add(names);
        };
    }

    public Subscription Subscribe()
    {
        var subscription = new Subscription(this, _time);
        _subscriptions[subscription] = 0;
        return subscription;
    }

    /// <summary>Ready-made texts beside the numbers, so that the page's script knows nothing of languages.</summary>
    public async Task<object> NumbersAsync(IReadOnlyCollection<string> names, Texts texts, CancellationToken ct)
    {
        var headlines = await SharedAsync(ct);
        var open = _alerts.Open().ToLookup(a => a.Host, StringComparer.Ordinal);
        return names.Select(_hosts.Find).OfType<Hosts.Host>().Select(host =>
        {
            var h = headlines.GetValueOrDefault(host.Name, new());
            var state = HostStates.Of(host, open[host.Name], _time.GetUtcNow());
            return new
            {
                host = host.Name,
                last = host.LastMs,
                ago = texts.Format("{0} ago", texts.Duration(_time.GetUtcNow() - host.Last)),
                state = state.ToString().ToLowerInvariant(),
                stateText = texts[HostStates.Text(state)],
                cpu = h.Cpu,
                memory = h.Memory,
                disk = h.Disk,
                texts = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["cpu-text"] = Percent(h.Cpu),
                    ["memory-text"] = Percent(h.Memory),
                    ["disk-text"] = Percent(h.Disk),
                    ["load"] = h.Load is { } load ? texts.Number(load, 2) : "–",
                    ["network"] = h.Network is { } network ? texts.BytesPerSecond(network) : "–",
                    ["users"] = h.Users is { } users ? texts.Number(users, 0) : "–",
                },
            };
            string Percent(double? value) => value is { } known ? texts.Percent(known) : "–";
        }).ToList();
    }

    /// <summary>One question a second serves all pages.</summary>
    async Task<IReadOnlyDictionary<string, Headline>> SharedAsync(CancellationToken ct)
    {
        await _asking.WaitAsync(ct);
        try
        {
            var now = _time.GetUtcNow();
            if (now - _last.At >= TimeSpan.FromSeconds(1))
                _last = (now, await _headlines.ReadAsync(now, ct));
            return _last.Numbers;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>One open page.</summary>
    public sealed class Subscription(LiveFeed feed, TimeProvider time) : IDisposable
    {
        readonly Lock _lock = new();
        HashSet<string> _reported = new(StringComparer.Ordinal);
        TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Add(IEnumerable<string> names)
        {
            lock (_lock)
            {
                _reported.UnionWith(names);
                _news.TrySetResult();
            }
        }

        /// <summary>The hosts that have reported since the last call; none after <paramref name="beat"/> of silence; null at the
        /// end.</summary>
        public async Task<IReadOnlyCollection<string>?> WaitAsync(TimeSpan beat, CancellationToken ct)
        {
            Task news;
            lock (_lock)
                news = _news.Task;
            if (!await PauseAsync(news, beat, ct))
                return null;
            lock (_lock)
            {
                var reported = _reported;
                _reported = new(StringComparer.Ordinal);
                _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return reported;
            }
        }

        /// <summary>False when the page has gone.</summary>
        public Task<bool> RestAsync(TimeSpan least, CancellationToken ct) => PauseAsync(null, least, ct);

        async Task<bool> PauseAsync(Task? news, TimeSpan most, CancellationToken ct)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var pause = Task.Delay(most, time, over.Token);
            await Task.WhenAny(news is null ? [pause] : [pause, news]);
            await over.CancelAsync();
            return !ct.IsCancellationRequested;
        }

        public void Dispose() => feed._subscriptions.TryRemove(this, out _);
    }
}
