using System.CommandLine;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Web;

namespace Vigie.Hub.Commands;

sealed class AdvisoriesCommand() : CliCommand("advisories", "List, show or fetch the security advisories, or judge a host by them.")
{
    const int MostRows = 100_000, MostTold = 40;

    readonly Option<string?> _type =
        new("--type") { Description = "Only this type: ALE (alerts), AVI (advisories) and so on.", HelpName = "TYPE" };
    readonly Option<int> _limit = new("--limit") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = _ => 50 };
    readonly Argument<string> _reference = new("reference") { Description = "Such as CERTFR-2026-AVI-0123." };
    readonly Option<bool> _concerned = new("--concerned") { Description = "Only those that concern a server, or of which that is not known." };

    protected override void Configure(Command command)
    {
        AddList(command);
        var list = new Command("list", "The newest first; what `vigie advisories` does by itself.");
        AddList(list);
        var show = new Command("show", "All that is known of one advisory.") { _reference };
        Act(show, (call, _) =>
        {
            Show(call, call.Value(_reference)!);
            return Task.CompletedTask;
        });
        var fetch = new Command("fetch", "Ask the feeds now.");
        Act(fetch, FetchAsync);
        command.Add(list);
        command.Add(show);
        command.Add(fetch);
        command.Add(AdvisoriesMatch.Build(Act));
        AdvisoriesAccept.AddTo(command, Act);
        AdvisoriesBundle.AddTo(command, Act);
    }

    void AddList(Command command)
    {
        command.Add(_type);
        command.Add(_limit);
        command.Add(_concerned);
        Act(command, (call, _) =>
        {
            List(call);
            return Task.CompletedTask;
        });
    }

    void List(CliCall call)
    {
        int limit = call.Value(_limit);
        if (limit is < 1 or > MostRows)
            throw new CommandException($"--limit is {limit}; write a number from 1 to {MostRows}");
        var store = call.Get<AdvisoryStore>();
        string? type = call.Value(_type)?.ToUpperInvariant();
        var concerns = call.Get<FindingStore>().Concerns();
        bool concerned = call.Value(_concerned);
        var (rows, found) = store.Search(new(type, null, limit, AlertsFirst: false) { Only = concerned ? [.. concerns.Keys] : null });
        var t = Texts.English;
        string empty = concerned ? "No advisory concerns a server." : type is null ? "No advisory has been fetched yet; `vigie advisories fetch` does it now."
            : $"No advisory of the type {type}; there are {string.Join(", ", store.Types().Select(x => $"{x.Value} {x.Key}").DefaultIfEmpty("none at all"))}.";
        call.Table([.. rows.Select(a => AdvisoryRow.Of(a, concerns.GetValueOrDefault(a.Reference)))], empty,
            ("Reference", a => a.Reference), ("Title", a => a.Title),
            ("Date", a => $"{a.Published:yyyy-MM-dd}"), ("State", a => a.State ?? ""),
            ("Servers", a => a.Hosts > 0 || a.Unknown == 0 ? $"{(a.Hosts > 0 ? a.Hosts : "")}" : "?"),
            ("Risks", a => AdvisoryText.Some(a.Risks, 3, t)), ("Link", a => a.Link));
        if (!call.IsJson && found > rows.Count)
            call.Line($"{rows.Count} of {found} shown; --limit shows more.");
    }

    static void Show(CliCall call, string reference)
    {
        var a = call.Get<AdvisoryStore>().Find(reference)
            ?? throw new CommandException($"{OutsideText.Line(reference, 60)} is not known; "
                    + "`vigie advisories list` shows what is, `vigie advisories fetch` asks for news");
        var findings = call.Get<FindingStore>();
        var hosts = findings.Of(a.Reference).Where(f => f is { Tier: Tier.Concerns, Ended: null })
            .Select(f => $"{f.Host}: {f.Verdict.Text()}, {f.Level.Text()}{(f.IsAccepted ? ", accepted" : "")}. {f.Reason}"
                + (f.Command is null ? "" : $"\n  {f.Command}"));
        call.Print(AdvisoryDocument.Of(a, findings, call.Get<AcceptanceStore>()), Text(a, [.. hosts]));
    }

    static string Text(Advisory a, IReadOnlyList<string> hosts)
    {
        string state = a.State is { } s ? $", {s}" : "", closed = a.Closed is { } day ? $" {day:yyyy-MM-dd}" : "";
        var lines = new List<string>
        {
            $"{a.Reference}  {a.Title}",
            $"Published {a.First:yyyy-MM-dd}, updated {a.Last:yyyy-MM-dd}{state}{closed}",
            a.Url,
        };
        if (a.Detail == DetailState.Missing)
            lines.Add("The source does not give its detail; it is asked for again at each fetch.");
        Add("Servers", hosts);
        Add("Risks", a.Risks);
        Add("Summary", [OutsideText.Plain(a.Summary)]);
        Add("Affected", [.. a.Affected.Select(s => s.Description), OutsideText.Plain(a.AffectedText)]);
        Add("CVE", a.Cves);
        Add("Text", [OutsideText.Plain(a.Content)]);
        Add("Links", [.. a.Links.Select(l => $"{l.Title} {l.Url}".Trim())]);
        Add("Revisions", [.. a.Revisions.Select(r => $"{(r.Date is { } date ? $"{date:yyyy-MM-dd}" : "no date")}  {r.Description}")]);
        return string.Join(Environment.NewLine, lines);

        void Add(string title, IReadOnlyList<string> values)
        {
            if (!values.Any(v => v.Length > 0))
                return;
            lines.Add("");
            lines.Add(title);
            lines.AddRange(values.Where(v => v.Length > 0).SelectMany(v => v.Split('\n')).Select(v => "  " + v));
        }
    }

    static async Task<int> FetchAsync(CliCall call, CancellationToken ct)
    {
        var feeds = call.Get<IEnumerable<IFeed>>().ToList();
        var enabled = feeds.Where(f => f.IsEnabled).ToList();
        if (enabled.Count == 0)
            throw new CommandException("no feed is switched on; "
                + $"set {string.Join(" or ", feeds.Select(f => $"Feeds:{f.Name}:Enabled"))} to true in {call.Folder.Config}");
        var reports = new List<FeedReport>();
        int failed = 0;
        foreach (var feed in enabled)
        {
            try
            {
                reports.Add(await call.WithProgressAsync(feed.Title, progress => call.Get<FeedRunner>().RunAsync(feed, progress, ct)));
            }
            catch (FeedException e)
            {
                failed++;
                call.Error($"{feed.Title} could not be fetched: {e.Message}");
            }
        }
        var data = new List<DataReport>();
        foreach (var feed in call.Get<IEnumerable<IDataFeed>>().Where(f => f.Options.Enabled))
            try
            {
                data.Add(await call.Get<DataFeedRunner>().RunAsync(feed, now: true, ct));
            }
            catch (FeedException e)
            {
                failed++;
                call.Error($"{feed.Title} could not be fetched: {e.Message}");
            }
        await call.Get<FindingRound>().RunAsync(ct);
        foreach (string problem in reports.SelectMany(r => r.Problems).Concat(data.SelectMany(d => d.Problems)).Take(MostTold))
            call.Error($"not read: {problem}");
        var needed = data.Where(d => d.Documents > 0).ToList();
        if (needed.Count > 0 && !call.IsJson)
            foreach (var d in needed)
                call.Line($"{d.Feed}: {d.Fetched} of {d.Documents} {(d.Documents == 1 ? "document" : "documents")} new, {d.Rows} rows are kept.");
        if (call.IsJson || reports.Count > 0)
            call.Print(reports, string.Join(Environment.NewLine, reports.Select(Sentence)));
        return failed == 0 ? 0 : 1;
    }

    static string Sentence(FeedReport r) => $"{r.Feed}: {r.New} new, {r.Changed} changed, {r.Same} unchanged"
        + (r.Problems.Count == 0 ? "." : $"; {r.Problems.Count} {(r.Problems.Count == 1 ? "document" : "documents")} could not be read.");
}
