namespace Vigie.Storage;

/// <summary>One step of the schema. Released steps are never edited: the next step comes behind them.</summary>
/// <param name="Id">Date and subject, <c>2026-11-22 samples</c>: steps run in ordinal order of this.</param>
/// <param name="Sql">Statements, run in one transaction with all other pending steps.</param>
public sealed record Migration(string Id, string Sql);

/// <summary>A store that brings its own tables.</summary>
public interface IStoreSchema
{
    static abstract IReadOnlyList<Migration> Migrations { get; }
}
