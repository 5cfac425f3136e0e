namespace Vigie.Hub.Advisories;

/// <summary>Whether the whole advisory is at hand. The names are persisted in lower case.</summary>
enum DetailState
{
    Full,

    /// <summary>The source did not give it; title, day and link are known, the rest is asked for again.</summary>
    Missing,

    /// <summary>The source has none for this type.</summary>
    None,
}

/// <param name="Url">Null when the source gives no web address.</param>
/// <param name="IsVendor">The bulletin of the product's maker.</param>
sealed record AdvisoryLink(string Title, string? Url, DateOnly? Date, bool IsVendor);

sealed record AffectedSystem(string Vendor, string Product, string Description);

sealed record AdvisoryRevision(DateOnly? Date, string Description);

/// <summary>What a CERT tells. All texts are cleaned of what could steer a page or a terminal, yet are not encoded.</summary>
sealed record Advisory
{
    /// <summary>The type of an alert: the few that ask for action at once, and that are closed one day.</summary>
    public const string Alert = "ALE";

    /// <summary>Name of the feed it came by.</summary>
    public required string Feed { get; init; }

    /// <summary>Unique over all feeds, upper case: CERTFR-2026-ALE-007.</summary>
    public required string Reference { get; init; }

    /// <summary>ALE, AVI, ACT and so on.</summary>
    public required string Type { get; init; }

    /// <summary>Orders the advisories of one day.</summary>
    public int Number { get; init; }

    public required string Title { get; init; }

    /// <summary>The page that people read at the source.</summary>
    public required string Url { get; init; }

    public required DateOnly First { get; init; }

    public required DateOnly Last { get; init; }

    public DateOnly? Closed { get; init; }

    public required DetailState Detail { get; init; }

    /// <summary>Markdown, as are <see cref="Content"/> and <see cref="AffectedText"/>.</summary>
    public string Summary { get; init; } = "";

    public string Content { get; init; } = "";

    public string AffectedText { get; init; } = "";

    public IReadOnlyList<string> Risks { get; init; } = [];

    public IReadOnlyList<string> Cves { get; init; } = [];

    public IReadOnlyList<AffectedSystem> Affected { get; init; } = [];

    public IReadOnlyList<AdvisoryLink> Links { get; init; } = [];

    public IReadOnlyList<AdvisoryRevision> Revisions { get; init; } = [];

    /// <summary>The document as it came; empty without one.</summary>
    public byte[] Raw { get; init; } = [];

    public bool IsAlert => Type == Alert;

    /// <summary>open, closed, or unknown while the detail that would tell is missing; null for what is no alert.</summary>
    public string? State => !IsAlert ? null : Detail != DetailState.Full ? "unknown" : Closed is null ? "open" : "closed";
}

/// <summary>What the hub knows of an advisory without reading the whole of it.</summary>
/// <param name="Checked">When the source was last asked for it.</param>
sealed record KnownAdvisory(string Reference, string Type, DateOnly First, DateOnly Last, DateOnly? Closed, DetailState Detail,
    DateTimeOffset Checked);
