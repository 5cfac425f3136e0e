using System.CommandLine;
using System.Text;
using Vigie.Hub.Advisories.Bundles;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Advisories.Matching;

namespace Vigie.Hub.Commands;

/// <summary>The commands <c>advisories bundle-key</c>, <c>bundle</c> and <c>import</c>: advisories for hubs without internet.</summary>
static class AdvisoriesBundle
{
    const string TrustedKey = "bundle-key.pem";

    static readonly Argument<string> KeyFile = new("file") { Description = "Where the private key goes; the public one goes beside it, with .pub." };

    static readonly Argument<string> Out = new("file") { Description = "The bundle to make." };

    static readonly Argument<string> In = new("file") { Description = "The bundle to take." };

    static readonly Option<string> Key = new("--key") { Description = "The private key of `vigie advisories bundle-key`.", HelpName = "FILE", Required = true };

    static readonly Option<string?> Trusted = new("--key")
    {
        Description = $"The public key that is trusted; {TrustedKey} in the data folder when left out.",
        HelpName = "FILE",
    };

    static readonly Option<string[]> Suites = new("--suite")
    {
        Description = "For hosts with which system: debian/bookworm, ubuntu/jammy, alpine/v3.22, rocky/9; those of this hub's hosts when left out.",
        HelpName = "SUITE",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<bool> Force = new("--force") { Description = "Take it though it is older than the last one." };

    public static void AddTo(Command command, Action<Command, Func<CliCall, CancellationToken, Task>> act)
    {
        var key = new Command("bundle-key", "Make the pair of keys with which bundles are signed.") { KeyFile };
        act(key, MakeKeyAsync);
        var bundle = new Command("bundle", "Make a signed bundle of the advisories and of what hosts are judged by, for hubs without internet.")
        { Out, Key, Suites };
        act(bundle, MakeAsync);
        var import = new Command("import", "Take a bundle that was made where the internet is.") { In, Trusted, Force };
        act(import, TakeAsync);
        command.Add(key);
        command.Add(bundle);
        command.Add(import);
    }

    static async Task MakeKeyAsync(CliCall call, CancellationToken ct)
    {
        string path = call.Value(KeyFile)!;
        if (File.Exists(path))
            throw new CommandException($"{path} is there already; name another file");
        var (secret, trusted) = BundleKey.Create();
        await Guarded(async () =>
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var file = new FileStream(path, options))
                await file.WriteAsync(Encoding.ASCII.GetBytes(secret + "\n"), ct);
            await File.WriteAllTextAsync(path + ".pub", trusted + "\n", ct);
        });
        call.Print(new { @private = path, @public = path + ".pub" },
            $"Keep {path} secret; put {path}.pub as {TrustedKey} into the data folder of each hub without internet.");
    }

    static async Task MakeAsync(CliCall call, CancellationToken ct)
    {
        var suites = (call.Value(Suites) ?? []).Select(Parse).ToList();
        string secret = await ReadAsync(call.Value(Key)!, "vigie advisories bundle-key makes one", ct);
        BundleReport? report = null;
        await Guarded(async () => report = await call.Get<BundleWriter>().WriteAsync(call.Value(Out)!, secret, suites, ct));
        foreach (string problem in report!.Problems)
            call.Error(CliCall.Printable($"left out: {problem}"));
        call.Print(report, $"{report.File}: {report.Advisories} advisories, {report.Documents} documents, {report.Bytes >> 10} KiB.");
    }

    static async Task TakeAsync(CliCall call, CancellationToken ct)
    {
        string key = await ReadAsync(call.Value(Trusted) ?? Path.Combine(call.Folder.Path, TrustedKey),
            "it is the .pub of the key with which bundles are made", ct);
        ImportReport? report = null;
        await Guarded(async () =>
        {
            await using var file = File.OpenRead(call.Value(In)!);
            report = await call.Get<BundleImport>().RunAsync(file, key, call.Value(Force), ct);
        });
        await call.Get<FindingRound>().RunAsync(ct);
        foreach (string problem in report!.Problems)
            call.Error(CliCall.Printable($"not taken: {problem}"));
        call.Print(report, $"Made on {report.Made:u}: {report.New} new, {report.Changed} changed, {report.Same} unchanged; {report.Documents} documents.");
    }

    static Suite Parse(string text) => text.Split('/') is [{ Length: > 0 } distribution, { Length: > 0 } name]
        ? new(distribution, name) : throw new CommandException($"--suite: \"{text}\" is none; write it like debian/bookworm");

    static async Task<string> ReadAsync(string path, string remedy, CancellationToken ct)
    {
        string text = "";
        if (!File.Exists(path))
            throw new CommandException($"there is no key {path}; {remedy}");
        await Guarded(async () => text = await File.ReadAllTextAsync(path, ct));
        return text;
    }

    static async Task Guarded(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (BundleException e)
        {
            throw new CommandException($"the bundle is refused: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(e.Message);
        }
    }
}
