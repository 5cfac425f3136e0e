using System.IO.Compression;
using System.Security.Cryptography;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Bundles;

/// <summary>What came into a bundle.</summary>
sealed record BundleReport(string File, int Advisories, int Documents, long Bytes, IReadOnlyList<string> Problems);

/// <summary>
/// Makes a bundle where the internet is: the stored records of advisories, and the documents of data feeds whole, as their sources give them. It holds
/// nothing of any server: which packages a fleet has stays where the fleet is.
/// </summary>
sealed class BundleWriter(AdvisoryStore advisories, FeedStore states, IEnumerable<IDataFeed> feeds, FleetInventories fleet, DataFolder folder,
    TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <param name="suites">For whose hosts data are wanted; the own fleet's when there are none.</param>
    /// <exception cref="BundleException">Nothing would be in it, or the key is none.</exception>
    public async Task<BundleReport> WriteAsync(string path, string privatePem, IReadOnlyList<Suite> suites, CancellationToken ct)
    {
        BundleKey.Sign(privatePem, []); // a wrong key is told before anything is fetched
        var needs = suites.Count > 0 ? new FleetNeeds(suites) : new FleetNeeds(fleet.Read().Values);
        var files = new List<BundleFile>();
        var problems = new List<string>();
        string part = path + ".part";
        await using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite))
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            foreach (var (reference, feed, raw) in advisories.Raw())
                files.Add(Add(zip, $"advisories/{reference}.json", feed, reference, states.Find(feed).Succeeded ?? time.GetUtcNow(), new MemoryStream(raw)));
            foreach (var feed in feeds.Where(f => f.Options.BaseUrl.Length > 0))
            {
                using var client = new FeedClient(feed.Options.BaseUrl, time);
                foreach (var document in feed.Documents(needs))
                {
                    await using var fetched = NamelessFile.Open(folder);
                    if (await FetchAsync(client, document, fetched, ct) is { } problem)
                        problems.Add(OutsideText.Line($"{feed.Title}: {document.Path}: {problem}"));
                    else
                        files.Add(Add(zip, $"data/{feed.Name.ToLowerInvariant()}-{files.Count}.bin", feed.Name, document.Path, time.GetUtcNow(), fetched));
                }
            }
            if (files.Count == 0)
                throw new BundleException("nothing could be had for it" + (problems.Count > 0 ? $": {problems[0]}" : ""));
            byte[] manifest = new BundleManifest(time.GetUtcNow(), files).Write();
            Put(zip, BundleManifest.Name, manifest);
            Put(zip, BundleManifest.Signature, BundleKey.Sign(privatePem, manifest));
        }
        File.Move(part, path, overwrite: true);
        int documents = files.Count(f => f.Name.StartsWith("data/", StringComparison.Ordinal));
        return new(path, files.Count - documents, documents, new FileInfo(path).Length, problems);
    }

    /// <returns>What is wrong; null for nothing.</returns>
    static async Task<string?> FetchAsync(FeedClient client, DataDocument document, FileStream to, CancellationToken ct)
    {
        var fetched = await client.DownloadAsync(new(document.Path, document.Most, document.Accept, document.IsType) { Patience = Patience }, to, ct);
        if (fetched.Outcome != FetchOutcome.Fresh)
            return fetched.Reason ?? "it did not come";
        try
        {
            to.Position = 0;
            document.Pack(to, ct); // what can't be read here can't be read there
            to.Position = 0;
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    static BundleFile Add(ZipArchive zip, string name, string feed, string path, DateTimeOffset fetched, Stream from)
    {
        long length = from.Length;
        string hash = Convert.ToHexStringLower(SHA256.HashData(from));
        from.Position = 0;
        using var to = zip.CreateEntry(name).Open();
        from.CopyTo(to);
        return new(name, feed, path, fetched, length, hash);
    }

    static void Put(ZipArchive zip, string name, byte[] bytes)
    {
        using var to = zip.CreateEntry(name).Open();
        to.Write(bytes);
    }
}
