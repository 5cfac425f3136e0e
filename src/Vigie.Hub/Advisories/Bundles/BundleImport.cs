using System.Globalization;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Bundles;

/// <summary>What an import came to.</summary>
sealed record ImportReport(DateTimeOffset Made, int New, int Changed, int Same, int Documents, IReadOnlyList<string> Problems);

/// <summary>
/// Takes what a bundle holds as if it had been fetched when the bundle was made: its age is what pages and rules see. It can be broken off and done
/// again.
/// </summary>
sealed class BundleImport(AdvisoryStore advisories, FeedStore states, DataStore data, IEnumerable<IDataFeed> feeds, FleetInventories fleet,
    ChannelSet channels, DataFolder folder, TimeProvider time)
{
    const string Name = "Bundle", Made = "made";

    const long MostRecord = 2 << 20;

    /// <param name="isForced">Whether it may be older than the last one.</param>
    /// <exception cref="BundleException">It is refused, and nothing of it was taken.</exception>
    public async Task<ImportReport> RunAsync(Stream file, string publicPem, bool isForced, CancellationToken ct)
    {
        using var bundle = BundleReader.Open(file, publicPem, ct);
        var made = bundle.Manifest.Made;
        if (made > time.GetUtcNow().AddDays(1))
            throw new BundleException($"it was made on {made:u}, which is still to come: the clock of this host or of the one that made it is wrong");
        if (!isForced && states.Memory(Name).TryGetValue(Made, out string? text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var last) && made < last)
            throw new BundleException($"it was made on {made:u}, before the last one ({last:u}); --force takes it all the same");
        var problems = new List<string>();
        int[] counts = await TakeAdvisoriesAsync(bundle, problems, ct);
        int documents = await TakeDataAsync(bundle, problems, ct);
        await states.RememberAsync(Name, new Dictionary<string, string>(StringComparer.Ordinal) { [Made] = made.ToString("o") }, ct);
        return new(made, counts[(int)SaveOutcome.New], counts[(int)SaveOutcome.Changed], counts[(int)SaveOutcome.Same], documents, problems);
    }

    async Task<int[]> TakeAdvisoriesAsync(BundleReader bundle, List<string> problems, CancellationToken ct)
    {
        int[] counts = new int[3];
        var files = bundle.Manifest.Files.Where(f => f.Feed == CertFrFeed.FeedName).ToList();
        if (files.Count == 0)
            return counts;
        var state = states.Find(CertFrFeed.FeedName);
        bool isFirst = state.Filled is null;
        foreach (var file in files)
            try
            {
                if (file.Bytes > MostRecord || CertFrReference.Parse(file.Path) is not { } reference)
                    throw new FormatException("it is no record of CERT-FR");
                using var raw = new MemoryStream();
                using (var from = bundle.Read(file))
                    await from.CopyToAsync(raw, ct);
                var advisory = CertFrRecord.Parse(raw.ToArray(), reference, DateOnly.FromDateTime(file.Fetched.UtcDateTime));
                var change = await advisories.SaveAsync(advisory, isFirst ? [] : channels.Names, time.GetUtcNow(), ct, isFirst);
                counts[(int)change.Outcome]++;
            }
            catch (FormatException e)
            {
                problems.Add(OutsideText.Line($"{file.Name}: {e.Message}"));
            }
        var fetched = files.Max(f => f.Fetched);
        if (state.Succeeded is null || fetched > state.Succeeded)
            await states.SaveAsync(CertFrFeed.FeedName, state with { Filled = state.Filled ?? time.GetUtcNow(), Succeeded = fetched, Error = null }, ct);
        return counts;
    }

    async Task<int> TakeDataAsync(BundleReader bundle, List<string> problems, CancellationToken ct)
    {
        int taken = 0;
        var needs = new FleetNeeds(fleet.Read().Values);
        foreach (var feed in feeds)
        {
            var kept = data.Of(feed.Name).ToDictionary(k => k.Path, StringComparer.Ordinal);
            foreach (var document in feed.Documents(needs))
            {
                if (bundle.Manifest.Files.FirstOrDefault(f => f.Feed == feed.Name && f.Path == document.Path) is not { } file)
                {
                    problems.Add($"{feed.Title}: the bundle holds no {document.Path}, by which hosts of this hub are judged");
                    continue;
                }
                if (kept.TryGetValue(document.Path, out var known) && known.Fetched >= file.Fetched && known.Covers(document.Wanted))
                    continue;
                try
                {
                    await using var whole = NamelessFile.Open(folder);
                    await using (var from = bundle.Read(file))
                        await from.CopyToAsync(whole, ct);
                    whole.Position = 0;
                    var packed = document.Pack(whole, ct);
                    await data.SaveAsync(new(feed.Name, document.Path, null, null, file.Fetched, packed.Rows, KeptDocument.Text(document.Wanted)),
                        packed.Bytes, ct);
                    await states.SaveAsync(feed.Name, states.Find(feed.Name) with { Succeeded = file.Fetched, Error = null }, ct);
                    taken++;
                }
                catch (FormatException e)
                {
                    problems.Add(OutsideText.Line($"{feed.Title}: {document.Path}: {e.Message}"));
                }
            }
        }
        return taken;
    }
}
