using Microsoft.Extensions.Time.Testing;
using Vigie.Hub.Accounts;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Accounts;

public sealed class TokenStoreTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly TempFolder _folder = new();
    readonly FakeTimeProvider _time = new(Start);
    readonly Database _database, _elsewhere;
    readonly TokenStore _tokens, _commandLine;

    public TokenStoreTests()
    {
        _database = Database.Open(_folder["monitoring.db"], _time, typeof(TokenStore).Assembly);
        _elsewhere = Database.Open(_folder["monitoring.db"], _time, typeof(TokenStore).Assembly);
        (_tokens, _commandLine) = (new(_database, _time), new(_elsewhere, _time));
    }

    public void Dispose()
    {
        _elsewhere.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<string> CreateAsync(string name) => (await _tokens.CreateAsync(name, TokenScope.Write, Ct))!;

    async Task<string?> CallerAsync(string token) => (await _tokens.CheckAsync(token, Ct))?.FindFirst(Claims.Token)?.Value;

    DateTimeOffset? LastUsed(string name) => _commandLine.All().Single(t => t.Name == name).LastUsed;

    [Fact]
    public async Task A_token_is_known_with_its_name_and_scope()
    {
        string token = await CreateAsync("web1");
        var caller = (await _tokens.CheckAsync(token, Ct))!;
        Assert.Equal(("web1", "write"), (caller.FindFirst(Claims.Token)!.Value, caller.FindFirst(Claims.Scope)!.Value));
        foreach (string wrong in new[] { "", "vigie_", token[..^1], token + "x", token.ToUpperInvariant(), "vigie_" + new string('€', 300) })
            Assert.Null(await CallerAsync(wrong));
    }

    [Fact]
    public async Task A_known_token_asks_the_file_no_more()
    {
        string token = await CreateAsync("web1");
        Assert.Equal("web1", await CallerAsync(token));
        await _elsewhere.WriteAsync((connection, _) => Database.Execute(connection, "UPDATE token SET name = 'other'"), Ct);
        Assert.Equal("web1", await CallerAsync(token));
    }

    [Fact]
    public async Task What_is_revoked_here_stops_at_once()
    {
        string token = await CreateAsync("web1"), other = await CreateAsync("web2");
        Assert.Equal("web1", await CallerAsync(token));
        Assert.True(await _tokens.RevokeAsync("web1", Ct));
        Assert.False(await _tokens.RevokeAsync("web1", Ct));
        Assert.Null(await CallerAsync(token));
        Assert.Equal("web2", await CallerAsync(other));
    }

    [Fact]
    public async Task What_another_process_revokes_stops_within_five_seconds()
    {
        string token = await CreateAsync("web1"), other = await CreateAsync("web2");
        Assert.Equal("web1", await CallerAsync(token));
        Assert.True(await _commandLine.RevokeAsync("web1", Ct));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await CallerAsync(token));
        Assert.Equal("web2", await CallerAsync(other));
    }

    [Fact]
    public async Task A_token_made_by_another_process_works_at_once_even_under_a_name_that_was_revoked()
    {
        string old = (await _commandLine.CreateAsync("web1", TokenScope.Write, Ct))!;
        Assert.Equal("web1", await CallerAsync(old));
        await _commandLine.RevokeAsync("web1", Ct);
        string made = (await _commandLine.CreateAsync("web1", TokenScope.Read, Ct))!;
        Assert.Equal("web1", await CallerAsync(made));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await CallerAsync(old));
        Assert.Equal("web1", await CallerAsync(made));
    }

    [Fact]
    public async Task The_last_use_is_stored_at_the_first_and_then_once_a_minute()
    {
        string token = await CreateAsync("web1");
        Assert.Null(LastUsed("web1"));
        await CallerAsync(token);
        Assert.Equal(Start, LastUsed("web1"));
        _time.Advance(TimeSpan.FromSeconds(59));
        await CallerAsync(token);
        Assert.Equal(Start, LastUsed("web1"));
        _time.Advance(TimeSpan.FromSeconds(1));
        await CallerAsync(token);
        Assert.Equal(Start.AddSeconds(60), LastUsed("web1"));
    }

    [Fact]
    public async Task One_token_s_time_takes_those_of_others_along_each_as_it_was_used()
    {
        string first = await CreateAsync("web1"), second = await CreateAsync("web2"), idle = await CreateAsync("web3");
        foreach (string token in new[] { first, second, idle })
            await CallerAsync(token);
        _time.Advance(TimeSpan.FromSeconds(40));
        await CallerAsync(second);
        _time.Advance(TimeSpan.FromSeconds(20));
        await CallerAsync(first);
        Assert.Equal((Start.AddSeconds(60), Start.AddSeconds(40), Start), (LastUsed("web1"), LastUsed("web2"), LastUsed("web3")));
    }

    [Fact]
    public async Task A_file_that_can_not_be_written_locks_nobody_out()
    {
        string token = await CreateAsync("web1");
        await _database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA query_only=ON"), Ct);
        Assert.Equal("web1", await CallerAsync(token));
    }
}
