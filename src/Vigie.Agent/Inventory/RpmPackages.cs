using System.Text;
using Vigie.Agent.Checks;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Inventory;

/// <summary>
/// Red Hat's, SUSE's and their kin's. Their database has had three formats, each a database engine's own, so it is read by the tool that
/// belongs to it: the one program that the inventory starts, and only where there is such a database.
/// </summary>
sealed class RpmPackages(HostRoot root, TimeProvider time, string tool = "/usr/bin/rpm") : IPackageSource
{
    const string Format = @"%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{SOURCERPM}\t%{VENDOR}\n";
    const int MostOutput = 8 * 1024 * 1024;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    static readonly string[] Folders = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];
    static readonly string[] Files = ["rpmdb.sqlite", "Packages.db", "Packages", "rpmdb.sqlite-wal"];

    public string Name => "rpm";

    public IReadOnlyList<string> Marks { get; } = [.. Folders.SelectMany(folder => Files.Select(file => $"{folder}/{file}"))];

    public async ValueTask ReadAsync(PackageList list, CancellationToken ct)
    {
        if (Folders.FirstOrDefault(folder => Files.Any(file => root.Exists($"{folder}/{file}"))) is not { } folder)
            return;
        if (!File.Exists(tool))
            throw new IOException($"there are rpm's packages in {folder}, but no {tool} to read them");
        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var ended = await ScriptProcess.RunAsync(tool, ["--dbpath", root.Map(folder), "-qa", "--queryformat", Format], MostOutput, either.Token);
            if (ended.ExitCode != 0)
                throw new IOException($"{tool} ended with exit code {ended.ExitCode}: {TextScan.Quote(ended.ErrorText)}");
            Add(ended.Output, list);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"{tool} did not list the packages within {Timeout.TotalSeconds:0} s and was ended", e);
        }
        catch (InvalidOperationException e)
        {
            throw new IOException($"{tool}: {e.Message}", e);
        }
    }

    static void Add(ReadOnlySpan<byte> output, PackageList list)
    {
        while (output.TakeLine(out var line))
        {
            var fields = Encoding.UTF8.GetString(line).Split('\t');
            if (fields.Length < 4 || Source(fields[2]) is not { } source)
                continue; // keys are kept like packages, but come from no source
            string epoch = fields[1].Contains(':') ? fields[1][..(fields[1].IndexOf(':') + 1)] : "";
            list.Add(fields[0], fields[1], source.Name, epoch + source.Version, fields[3] is "(none)" ? "" : fields[3]);
        }
    }

    /// <summary><c>openssl-3.0.7-27.el9.src.rpm</c>: name, version and release, which hold no dash but the one between them.</summary>
    static (string Name, string Version)? Source(string file)
    {
        int end = file.EndsWith(".src.rpm", StringComparison.Ordinal) ? file.Length - ".src.rpm".Length
            : file.EndsWith(".nosrc.rpm", StringComparison.Ordinal) ? file.Length - ".nosrc.rpm".Length : -1;
        int release = end > 0 ? file.LastIndexOf('-', end - 1) : -1;
        int version = release > 0 ? file.LastIndexOf('-', release - 1) : -1;
        return version > 0 ? (file[..version], file[(version + 1)..end]) : null;
    }
}
