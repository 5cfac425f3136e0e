using System.Text.Json;
using Vigie.Hub.Commands;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

public sealed class AdvisoriesCommandTests
{
    sealed class Folder : IAsyncDisposable
    {
        readonly TempFolder _folder = new();

        public required FeedServer Server { get; init; }

        public static async Task<Folder> CreateAsync()
        {
            var server = await FeedServer.StartAsync();
            server.Folder(FeedBench.Cases("certfr", "site"));
            var folder = new Folder { Server = server };
            File.WriteAllText(folder._folder["config.json"],
                JsonSerializer.Serialize(new { Feeds = new { CertFr = new { BaseUrl = server.Address, Pause = "0s" } } }));
            Assert.Equal(0, (await folder.RunAsync("init")).Code);
            return folder;
        }

        public async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
        {
            var (output, error) = (new StringWriter(), new StringWriter());
            int code = await HubProgram.Root()
                .Parse([.. arguments, "--data", _folder.Path])
                .InvokeAsync(new() { Output = output, Error = error });
            return (code, output.ToString(), error.ToString());
        }

        public string Path(string name) => _folder[name];

        public void Configure(object settings) => File.WriteAllText(_folder["config.json"], JsonSerializer.Serialize(settings));

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _folder.Dispose();
        }
    }

    [Fact]
    public async Task Fetch_says_what_came_and_list_shows_the_newest_first()
    {
        await using var folder = await Folder.CreateAsync();
        Assert.Contains("No advisory has been fetched yet", (await folder.RunAsync("advisories", "list")).Out);
        var fetch = await folder.RunAsync("advisories", "fetch");
        Assert.Equal((0, "CERT-FR: 7 new, 0 changed, 0 unchanged.", ""), (fetch.Code, fetch.Out.Trim(), fetch.Error));
        var (code, json, _) = await folder.RunAsync("advisories", "list", "--json");
        Assert.Equal(0, code);
        var rows = JsonDocument.Parse(json).RootElement.EnumerateArray().ToList();
        Assert.Equal(7, rows.Count);
        Assert.Equal(("CERTFR-2026-AVI-1204", "2026-11-18", "2026-11-19", "https://www.cert.ssi.gouv.fr/avis/CERTFR-2026-AVI-1204/"),
            (Text(rows[0], "reference"), Text(rows[0], "published"), Text(rows[0], "updated"), Text(rows[0], "link")));
        Assert.Equal("Déni de service à distance", rows[0].GetProperty("risks")[0].GetString());

        static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
    }

    [Fact]
    public async Task List_takes_a_type_and_a_limit()
    {
        await using var folder = await Folder.CreateAsync();
        await folder.RunAsync("advisories", "fetch");
        var (_, text, _) = await folder.RunAsync("advisories", "list", "--type", "ale");
        Assert.Contains("CERTFR-2026-ALE-011", text);
        Assert.DoesNotContain("AVI-1204", text);
        Assert.Contains("2 of 7 shown", (await folder.RunAsync("advisories", "--limit", "2")).Out);
        Assert.Contains("No advisory of the type XYZ; there are 1 ACT, 2 ALE, 4 AVI.",
            (await folder.RunAsync("advisories", "list", "--type", "XYZ")).Out);
        var wrong = await folder.RunAsync("advisories", "list", "--limit", "0");
        Assert.Equal((1, "--limit is 0; write a number from 1 to 100000"), (wrong.Code, wrong.Error.Trim()));
    }

    [Fact]
    public async Task Show_tells_all_that_is_known()
    {
        await using var folder = await Folder.CreateAsync();
        await folder.RunAsync("advisories", "fetch");
        var (code, text, _) = await folder.RunAsync("advisories", "show", "certfr-2026-ale-011");
        Assert.Equal(0, code);
        foreach (string part in new[] { "CERTFR-2026-ALE-011  [MàJ] Vulnérabilité dans Passerelle Exemple", "updated 2026-11-19, open",
            "CVE-2026-90011", "Passerelle Exemple 4.x", "Contournement provisoire", "https://example.org/bulletin/1" })
            Assert.Contains(part, text);
        string shown = (await folder.RunAsync("advisories", "show", "CERTFR-2026-ALE-011", "--json")).Out;
        Assert.Equal("CERTFR-2026-ALE-011", JsonDocument.Parse(shown).RootElement.GetProperty("reference").GetString());
        var unknown = await folder.RunAsync("advisories", "show", "CERTFR-1999-AVI-001");
        Assert.Equal(1, unknown.Code);
        Assert.StartsWith("CERTFR-1999-AVI-001 is not known;", unknown.Error);
    }

    [Fact]
    public async Task A_fetch_that_fails_says_why_and_exits_non_zero()
    {
        await using var folder = await Folder.CreateAsync();
        await folder.Server.DisposeAsync();
        var (code, _, error) = await folder.RunAsync("advisories", "fetch");
        Assert.Equal(1, code);
        Assert.StartsWith("CERT-FR could not be fetched: nothing can be read from http://127.0.0.1", error);
    }

    [Fact]
    public async Task A_document_that_could_not_be_read_is_named()
    {
        await using var folder = await Folder.CreateAsync();
        folder.Server.Remove("/avis/CERTFR-2026-AVI-1204/json/");
        var (code, text, error) = await folder.RunAsync("advisories", "fetch");
        Assert.Equal((0, "not read: CERTFR-2026-AVI-1204: the server answers 404"), (code, error.Trim()));
        Assert.Contains("1 document could not be read", text);
    }

    [Fact]
    public async Task With_every_feed_switched_off_fetch_says_how_to_switch_one_on()
    {
        await using var folder = await Folder.CreateAsync();
        folder.Configure(new { Feeds = new { CertFr = new { Enabled = false } } });
        var (code, _, error) = await folder.RunAsync("advisories", "fetch");
        Assert.Equal(1, code);
        Assert.StartsWith("no feed is switched on; set Feeds:CertFr:Enabled to true in ", error);
    }

    [Fact]
    public async Task A_risk_is_accepted_and_the_acceptance_taken_back()
    {
        await using var folder = await Folder.CreateAsync();
        await folder.RunAsync("advisories", "fetch");
        const string Reference = "CERTFR-2026-AVI-1202";
        var accepted = await folder.RunAsync("advisories", "accept", Reference.ToLowerInvariant(), "--reason", "behind a proxy", "--for", "30d");
        Assert.Equal((0, ""), (accepted.Code, accepted.Error));
        using (var json = JsonDocument.Parse((await folder.RunAsync("advisories", "show", Reference, "--json")).Out))
            Assert.Equal("behind a proxy", json.RootElement.GetProperty("accepted")[0].GetProperty("reason").GetString());
        Assert.Equal(0, (await folder.RunAsync("advisories", "withdraw", "1")).Code);
        foreach (var (says, arguments) in new (string, string[])[]
        {
            ("no acceptance 1 in force", ["withdraw", "1"]), ("write it like 30d", ["accept", Reference, "--reason", "x", "--for", "soon"]),
            ("--reason is empty", ["accept", Reference, "--reason", " "]), ("is not known", ["accept", "CERTFR-1999-AVI-001", "--reason", "x"]),
            ("does not concern a host db9", ["accept", Reference, "--reason", "x", "--host", "db9"]),
        })
        {
            var (code, _, error) = await folder.RunAsync(["advisories", .. arguments]);
            Assert.Equal(1, code);
            Assert.Contains(says, error);
        }
    }

    [Fact]
    public async Task A_bundle_goes_from_one_hub_to_another()
    {
        await using var from = await Folder.CreateAsync();
        await using var to = await Folder.CreateAsync();
        await from.RunAsync("advisories", "fetch");
        string key = from.Path("key.pem"), bundle = from.Path("new.zip");
        Assert.Equal(0, (await from.RunAsync("advisories", "bundle-key", key)).Code);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(key));
        Assert.Contains("is there already", (await from.RunAsync("advisories", "bundle-key", key)).Error);
        var made = await from.RunAsync("advisories", "bundle", bundle, "--key", key);
        Assert.Equal((0, ""), (made.Code, made.Error));
        Assert.Contains("there is no key", (await to.RunAsync("advisories", "import", bundle)).Error);
        File.Copy(key + ".pub", to.Path("bundle-key.pem"));
        var taken = await to.RunAsync("advisories", "import", bundle);
        Assert.Equal((0, ""), (taken.Code, taken.Error));
        Assert.Contains("CERTFR-2026-AVI-1202", (await to.RunAsync("advisories", "list")).Out);
        await File.WriteAllTextAsync(bundle, "<html>");
        var refused = await to.RunAsync("advisories", "import", bundle);
        Assert.Equal(1, refused.Code);
        Assert.Contains("the bundle is refused", refused.Error);
    }
}
