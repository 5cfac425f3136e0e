namespace Vigie.Hub.Alerts.Groups;

/// <summary>A file of rules that can't be taken: all that is wrong with it, each with its line.</summary>
sealed class RuleFileException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
