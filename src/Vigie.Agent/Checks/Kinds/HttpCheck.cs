using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vigie.Agent.Http;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>What a page is to be like.</summary>
/// <param name="Status">The status that is good, 0 for every one from 200 to 299.</param>
/// <param name="Contains">A text that its beginning must hold; null for none.</param>
/// <param name="Redirects">How many are followed.</param>
sealed record HttpWish(int Status, string? Contains, int Redirects, TimeSpan CertificateWarning, TimeSpan CertificateCritical);

/// <summary>
/// A web page: its status, a text in it, the time it takes, and the days that its certificate is good for.
/// <c>http https://example.org/ expect 200 contains "Welcome" certificate-warning 21d</c>
/// </summary>
sealed class HttpCheck(CheckPlan plan, Uri address, HttpWish wish, Limits limits, TimeProvider time)
    : NetworkCheck(plan, address.Authority, time)
{
    /// <summary>As much of a page is read; what it is to contain must stand there.</summary>
    const int MostBody = 256 * 1024;

    static readonly string Agent = $"vigie-agent/{AgentVersion.Text}";

    static readonly TimeSpan UsualWarning = TimeSpan.FromDays(14), UsualCritical = TimeSpan.FromDays(3);

    [ModuleInitializer]
    internal static void Register() => CheckKinds.Add("http",
        "http https://example.org/ expect 200 contains \"Welcome\" redirects 1 warning 2s critical 10s certificate-warning 21d certificate-critical 7d",
        static (plan, arguments, context) =>
        {
            if (!Uri.TryCreate(arguments.Word("the page's address"), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                arguments.Wrong("an address like https://example.org/ was expected");
            double status = arguments.Number("expect") ?? 0, redirects = arguments.Number("redirects") ?? 0;
            if (status is not (0 or >= 100 and <= 599))
                arguments.Wrong("expect: a status from 100 to 599 was expected");
            if (redirects is not (>= 0 and <= 10))
                arguments.Wrong("redirects: a number from 0 to 10 was expected");
            var wish = new HttpWish((int)status, arguments.Text("contains"), (int)redirects,
                arguments.Time("certificate-warning") ?? UsualWarning, arguments.Time("certificate-critical") ?? UsualCritical);
            return new HttpCheck(plan, address ?? new("http://localhost"), wish, Limits.Read(arguments), context.Time);
        });

    protected override ValueTask<CheckResult> LookAsync(CancellationToken ct)
    {
        DateTime? goodUntil = null;
        string? distrust = null;
        long began = Time.GetTimestamp();
        var page = address;
        try
        {
            for (int left = wish.Redirects; ; left--)
            {
                // A connection of its own for each: it, and with it the certificate, is part of what is looked at. No compression is
                // asked for, so what comes is the page itself.
                using var wire = new HttpWire(HttpTarget.Of(page), proxy: null, Time, Note);
                var reply = wire.Exchange(new("GET", page.PathAndQuery, ("User-Agent", Agent), ("Accept", "*/*")), default, MostBody, ct);
                if (left == 0 || NextOf(reply, page) is not { } next)
                    return new(Judge(reply, Time.GetElapsedTime(began), goodUntil));
                page = next;
            }
        }
        catch (IOException e)
        {
            return new(Critical(distrust ?? e.Message) with { Figures = goodUntil is { } end ? [Left(end)] : [] });
        }

        bool Note(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is X509Certificate2 known)
                goodUntil = known.NotAfter.ToUniversalTime();
            distrust = errors == SslPolicyErrors.None ? null : Distrust(errors, chain);
            return distrust is null;
        }
    }

    /// <summary>Where a redirect leads; null when it is none, or leads out of what is encrypted.</summary>
    static Uri? NextOf(HttpReply reply, Uri page) => reply.Status is 301 or 302 or 303 or 307 or 308
        && Uri.TryCreate(page, Encoding.UTF8.GetString(reply.Header("location"u8)), out var next)
        && (next.Scheme == "https" || (next.Scheme == "http" && page.Scheme == "http"))
            ? next : null;

    CheckResult Judge(HttpReply reply, TimeSpan took, DateTime? goodUntil)
    {
        bool isGood = wish.Status == 0 ? reply.IsSuccess : reply.Status == wish.Status;
        var found = new List<(CheckState State, string Text)>
        {
            (isGood ? CheckState.Ok : CheckState.Critical, $"answered {reply.Status} {reply.Reason}".TrimEnd()),
            (limits.Of(took), $"in {Limits.Text(took)}"),
        };
        if (wish.Contains is { } text && reply.Body.IndexOf(Encoding.UTF8.GetBytes(text)) < 0)
            found.Add((CheckState.Critical, $"without \"{text}\"{(reply.IsWhole ? "" : $" in its first {MostBody / 1024} KiB")}"));
        var values = new List<CheckValue> { limits.Value("time", took), new("size", reply.Body.Length, CheckUnit.Bytes, Min: 0) };
        if (goodUntil is { } end)
        {
            var left = Left(end);
            values.Add(left);
            var state = left.Value < wish.CertificateCritical.TotalSeconds ? CheckState.Critical
                : left.Value < wish.CertificateWarning.TotalSeconds ? CheckState.Warning : CheckState.Ok;
            found.Add((state, $"certificate good for {Math.Floor(left.Value / 86400):0} days, until {end:yyyy-MM-dd}"));
        }
        return new(Plan.Name, found.Max(f => f.State), CheckText.Line($"{address.Authority} {string.Join(", ", found.Select(f => f.Text))}"),
            Figures: values);
    }

    static string Distrust(SslPolicyErrors errors, X509Chain? chain) => "its certificate is not to be trusted: " + string.Join(", ", new[]
    {
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "there is none" : "",
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "it is for another name" : "",
        errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? string.Join(", ", (chain?.ChainStatus ?? []).Select(s => s.StatusInformation.Trim().TrimEnd('.'))) : "",
    }.Where(reason => reason.Length > 0));

    CheckValue Left(DateTime goodUntil) => new("certificate left", Math.Round((goodUntil - Time.GetUtcNow().UtcDateTime).TotalSeconds), CheckUnit.Seconds,
        Warning: new(wish.CertificateWarning.TotalSeconds, null), Critical: new(wish.CertificateCritical.TotalSeconds, null));
}
