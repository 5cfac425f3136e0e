using System.Text;
using System.Text.Json.Nodes;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Tests.Support;

namespace Vigie.Tests.Contracts;

/// <summary>What every feed keeps, shown on the documents of its case folder <c>Cases/Feeds/NAME/site</c>.</summary>
public sealed class FeedContract
{
    public static TheoryData<string> Feeds =>
        [.. typeof(IFeed).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IFeed)))
        .Select(t => t.Name[..^"Feed".Length]).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Feeds))]
    public async Task A_second_round_over_the_same_source_changes_nothing(string feed)
    {
        await using var bench = await FeedBench.StartAsync(feed);
        var first = await bench.RunAsync();
        Assert.True(first.New > 0);
        Assert.Empty(first.Problems);
        var before = bench.All();
        bench.Time.Advance(TimeSpan.FromDays(8)); // every reason to ask again is due
        var second = await bench.RunAsync();
        Assert.Equal((0, 0), (second.New, second.Changed));
        Assert.Equivalent(before, bench.All(), strict: true);
        Assert.Empty(bench.Outbox);
    }

    [Theory]
    [MemberData(nameof(Feeds))]
    public async Task Unknown_fields_are_passed_over(string feed)
    {
        await using var plain = await FeedBench.StartAsync(feed);
        await using var odd = await FeedBench.StartAsync(feed, part: null);
        string folder = FeedBench.Cases(feed, "site");
        foreach (string path in odd.Server.Folder(folder))
        {
            string file = Directory.GetFiles(Path.Join(folder, path)).Single();
            if (Path.GetExtension(file) == ".json")
                odd.Server.Json(path, WithMore(JsonNode.Parse(File.ReadAllText(file))!).ToJsonString());
            else
                odd.Server.Put(path, "text/xml",
                    Encoding.UTF8.GetBytes(File.ReadAllText(file)
                        .Replace("</title>", "</title><x:odd xmlns:x=\"urn:odd\"><title>no</title></x:odd><odd>1</odd>",
                            StringComparison.Ordinal)));
        }
        Assert.Equal(await plain.RunAsync(), await odd.RunAsync(),
            (a, b) => (a.New, a.Changed, a.Problems.Count) == (b.New, b.Changed, b.Problems.Count));
        Assert.Equivalent(plain.All(), odd.All(), strict: true);
    }

    static JsonNode WithMore(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (var child in members.Select(m => m.Value).OfType<JsonNode>().ToList())
                WithMore(child);
            members.Insert(0, "odd", new JsonObject { ["deep"] = new JsonArray(1, null, "x") });
        }
        else if (node is JsonArray items)
            foreach (var child in items.OfType<JsonNode>())
                WithMore(child);
        return node;
    }

    [Theory]
    [MemberData(nameof(Feeds))]
    public async Task A_document_without_end_is_refused_and_the_rest_goes_on(string feed)
    {
        string[] paths;
        await using (var probe = await FeedBench.StartAsync(feed))
            paths = [.. probe.Server.Folder(FeedBench.Cases(feed, "site"))];
        foreach (string path in paths)
        {
            await using var bench = await FeedBench.StartAsync(feed);
            string type = "application/json";
            bench.Server.Answer(path, async context =>
            {
                context.Response.ContentType = path.EndsWith("feed/", StringComparison.Ordinal) ? "text/xml" : type;
                byte[] piece = new byte[1 << 20];
                piece.AsSpan().Fill((byte)' ');
                for (int i = 0; i < 50; i++)
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            });
            var report = await bench.RunAsync();
            Assert.True(report.New > 1);
            Assert.Contains("larger than", Assert.Single(report.Problems));
            Assert.Contains(bench.Log.Lines, line => line.Contains("larger than", StringComparison.Ordinal));
            Assert.Equal(1, bench.State.Problems);
        }
    }

    [Theory]
    [MemberData(nameof(Feeds))]
    public async Task A_source_that_is_down_is_an_error_that_is_kept_and_nothing_is_lost(string feed)
    {
        await using var bench = await FeedBench.StartAsync(feed);
        await bench.RunAsync();
        var before = bench.All();
        bench.Time.Advance(TimeSpan.FromDays(1));
        await bench.Server.DisposeAsync();
        await Assert.ThrowsAsync<FeedException>(() => bench.RunAsync());
        Assert.Equal(FeedBench.Start, bench.State.Succeeded);
        Assert.Equal(FeedBench.Start.AddDays(1), bench.State.Tried);
        Assert.Contains(bench.Feed.Address, bench.State.Error);
        Assert.Equivalent(before, bench.All(), strict: true);
    }

    [Theory]
    [MemberData(nameof(Feeds))]
    public async Task A_round_that_is_broken_off_goes_on_where_it_was(string feed)
    {
        await using var bench = await FeedBench.StartAsync(feed, part: null);
        var paths = bench.Server.Folder(FeedBench.Cases(feed, "site"), etags: true);
        using var stop = new CancellationTokenSource();
        string last = paths.Order(StringComparer.Ordinal).Last(p => p.Any(char.IsDigit));
        bench.Server.Answer(last, async context =>
        {
            await stop.CancelAsync();
            context.Abort();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(stop.Token));
        int kept = bench.All().Count;
        Assert.Null(bench.State.Filled);
        bench.Server.Folder(FeedBench.Cases(feed, "site"), etags: true);
        var rest = await bench.RunAsync();
        Assert.Equal(0, rest.Changed + rest.Same);
        await using var whole = await FeedBench.StartAsync(feed);
        Assert.Equal((await whole.RunAsync()).New, kept + rest.New);
    }

    [Theory]
    [MemberData(nameof(Feeds))]
    public async Task Zipped_answers_and_validators_are_understood(string feed)
    {
        await using var bench = await FeedBench.StartAsync(feed, part: null);
        bench.Server.Folder(FeedBench.Cases(feed, "site"), etags: true, gzip: true);
        Assert.Empty((await bench.RunAsync()).Problems);
        bench.Server.Forget();
        bench.Time.Advance(TimeSpan.FromDays(8));
        var second = await bench.RunAsync();
        Assert.Equal((0, 0, 0), (second.New, second.Changed, second.Problems.Count));
        Assert.NotEmpty(bench.Server.Requests);
        Assert.All(bench.Server.Requests, r => Assert.StartsWith("\"", r.Headers.IfNoneMatch.ToString()));
        Assert.All(bench.Server.Requests, r => Assert.Matches("^vigie/[0-9]", r.Headers.UserAgent.ToString()));
    }
}
