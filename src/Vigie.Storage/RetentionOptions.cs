namespace Vigie.Storage;

/// <summary>How long history is kept.</summary>
public sealed record RetentionOptions
{
    /// <summary>Samples as they were sent.</summary>
    public TimeSpan Raw { get; init; } = TimeSpan.FromDays(7);
}
