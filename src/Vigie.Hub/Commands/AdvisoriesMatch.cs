using System.CommandLine;
using System.Text.Json;
using Vigie.Agent.Inventory;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Advisories.Matching.Readers;
using Vigie.Hub.Inventory;

namespace Vigie.Hub.Commands;

/// <summary>The command <c>advisories match</c>: judges an inventory by documents in files, without a hub.</summary>
static class AdvisoriesMatch
{
    const int MostTold = 20;

    static readonly Option<string[]> Documents = new("--documents")
    {
        Description = "A folder of CERT-FR's records (JSON), searched to its depth.",
        HelpName = "DIR",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<string[]> Trackers = new("--tracker")
    {
        Description = "What the distribution says: Debian's tracker, Ubuntu's package data, Alpine's secdb, OSV (JSON or zip), updateinfo.xml; "
            + "files or folders.",
        HelpName = "FILE",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<string> Inventory = new("--inventory")
    {
        Description = "The host's inventory, as `vigie-agent --print-inventory` writes it; - for standard input.",
        HelpName = "FILE",
        Required = true,
    };

    static readonly Option<bool> Shares = new("--all") { Description = "In the table, also what only shares a CVE, and what is fixed." };

    static readonly Option<string?> Aliases = new("--aliases") { Description = "More names of products, as aliases.tsv has them.", HelpName = "FILE" };

    sealed record Row(string Reference, string Package, string Tier, string Verdict, string Installed, string? FixedVersion, string Reason, string? Command);

    public static Command Build(Action<Command, Func<CliCall, CancellationToken, Task<int>>> act)
    {
        var command = new Command("match", "Judge a host's inventory by advisories in files, without a hub.") { Documents, Trackers, Inventory,
            Shares, Aliases };
        act(command, (call, ct) => Task.FromResult(Run(call, ct)));
        return command;
    }

    static int Run(CliCall call, CancellationToken ct)
    {
        var host = ReadInventory(call.Value(Inventory)!);
        var aliases = ReadAliases(call.Value(Aliases));
        var advisories = ReadDocuments(call, ct);
        var data = ReadTrackers(call, ct);
        var findings = new Matcher(advisories, data, aliases).Match(host)
            .OrderBy(f => f.Tier).ThenByDescending(f => f.Advisory.First).ThenBy(f => f.Advisory.Reference, StringComparer.Ordinal)
            .ThenBy(f => f.Package.Source, StringComparer.Ordinal).ToList();
        if (call.IsJson)
            call.Table([.. findings.Select(f => ToRow(f, host))], "");
        else
            Print(call, findings, host);
        return 0;
    }

    static void Print(CliCall call, List<PackageFinding> findings, InventoryDocument host)
    {
        var shown = call.Value(Shares) ? findings : [.. findings.Where(f => f.Tier == Tier.Concerns && f.Verdict.IsOpen())];
        call.Table([.. shown.Select(f => ToRow(f, host))], "Nothing that concerns this host is open.", ("Reference", r => r.Reference),
            ("Package", r => r.Package),
            ("Verdict", r => r.Verdict), ("Installed", r => r.Installed), ("Fixed in", r => r.FixedVersion ?? ""), ("Reason", r => r.Reason));
        foreach (string command in shown.Where(f => f is { Tier: Tier.Concerns, Verdict: Verdict.FixAvailable })
            .Select(f => UpdateCommand.For(f, host)).OfType<string>().Distinct(StringComparer.Ordinal))
            call.Line(command);
        if (shown.Count < findings.Count)
            call.Line($"{findings.Count - shown.Count} more are fixed, do not apply, or only share a CVE; --all shows them.");
    }

    static Row ToRow(PackageFinding f, InventoryDocument host) =>
        new(f.Advisory.Reference, f.Package.Source, f.Tier.Text(), f.Verdict.Text(), f.Installed, f.Fixed, f.Reason,
        f.Verdict == Verdict.FixAvailable ? UpdateCommand.For(f, host) : null);

    static InventoryDocument ReadInventory(string path)
    {
        try
        {
            using var from = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            using var json = new MemoryStream();
            from.CopyTo(json);
            return ReportedInventory.Parse(json.GetBuffer().AsSpan(0, (int)json.Length))
                ?? throw new CommandException($"{path} holds null where an inventory is expected; `vigie-agent --print-inventory` writes one");
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path} is no inventory: {e.Message.Split('\n')[0]}; `vigie-agent --print-inventory` writes one");
        }
    }

    static AliasTable ReadAliases(string? path)
    {
        if (path is null)
            return AliasTable.Shipped;
        if (!File.Exists(path))
            throw new CommandException($"there is no file {path}");
        try
        {
            return AliasTable.With(path);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message);
        }
    }

    static List<MatchAdvisory> ReadDocuments(CliCall call, CancellationToken ct)
    {
        var advisories = new Dictionary<string, MatchAdvisory>(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (string file in call.Value(Documents)!.SelectMany(d => Files(d, "*.json")))
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                var advisory = Read(File.ReadAllBytes(file));
                // Of several versions of one advisory the one with the most CVEs is the latest, for they are added far more often than taken away.
                if (!advisories.TryGetValue(advisory.Reference, out var known) || known.Cves.Count <= advisory.Cves.Count)
                    advisories[advisory.Reference] = advisory;
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"{file}: {e.Message}");
            }
        }
        Tell(call, faults, "documents");
        return [.. advisories.Values];
    }

    static MatchAdvisory Read(byte[] body)
    {
        using var json = OutsideJson.Parse(body);
        var reference = CertFrReference.Parse(json.RootElement.Text("reference")) ?? throw new FormatException("it has no reference of CERT-FR");
        return MatchAdvisory.Of(CertFrRecord.Parse(body, reference, DateOnly.MinValue));
    }

    static SecurityData ReadTrackers(CliCall call, CancellationToken ct)
    {
        var data = new SecurityData();
        var faults = new List<string>();
        string[] files = [.. call.Value(Trackers)!.SelectMany(t => File.Exists(t) ? [t] : Files(t, "*"))];
        foreach (string file in files)
            try
            {
                SecurityFile.Read(file, data, Wanted.All, ct);
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"{file}: {e.Message}");
            }
        Tell(call, faults, "files of a distribution");
        if (faults.Count == files.Length)
            throw new CommandException("nothing of what --tracker names could be read, so nothing can be judged");
        data.Seal();
        return data;
    }

    static IEnumerable<string> Files(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : throw new CommandException($"{folder} is not there");

    static void Tell(CliCall call, List<string> faults, string what)
    {
        foreach (string fault in faults.Take(MostTold))
            call.Error(CliCall.Printable($"not read: {fault}"));
        if (faults.Count > 0)
            call.Error($"{faults.Count} {what} could not be read; the rest was.");
    }
}
