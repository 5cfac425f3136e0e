using System.CommandLine;
using Vigie.Hub.Accounts;

namespace Vigie.Hub.Commands;

sealed class TokenCommand() : CliCommand("token", "Make, list and revoke the tokens of agents and programs.")
{
    protected override void Configure(Command command)
    {
        command.Add(Create());
        command.Add(List());
        command.Add(Revoke());
    }

    static Command Create()
    {
        var name = new Option<string>("--name")
        {
            Description = "What the token is for, such as the server's name.",
            HelpName = "N",
            Required = true
        };
        var scope = new Option<string>("--scope")
        {
            Description = "write (send samples), read (pages and charts), push (tell how the job HOST/JOB went) or admin (everything).",
            HelpName = "SCOPE",
            DefaultValueFactory = _ => "write"
        };
        scope.AcceptOnlyFromAmong("write", "read", "push", "admin");
        var host = new Option<string?>("--host")
        {
            Description = "The one host that a token for writing may speak for (every host).",
            HelpName = "HOST"
        };
        var create = new Command("create", "Make a token and print it; it can't be shown again.") { name, scope, host };
        Act(create, async (call, ct) =>
        {
            string chosen = call.Value(name)!;
            if (chosen.Length is 0 or > 100 || chosen.Any(char.IsControl))
                throw new CommandException("--name must have 1 to 100 printable characters");
            if (call.Value(host) is not null && call.Value(scope) is not "write")
                throw new CommandException("--host is for tokens of the scope write; leave it out");
            string token = await call.Get<TokenStore>()
                .CreateAsync(chosen, Enum.Parse<TokenScope>(call.Value(scope)!, ignoreCase: true), ct, call.Value(host))
                ?? throw new CommandException($"there is a token named \"{chosen}\" already; choose another name, or revoke it first");
            call.Print(new { name = chosen, scope = call.Value(scope), token }, token);
        });
        return create;
    }

    static Command List()
    {
        var list = new Command("list", "List the tokens: names and scopes, never the tokens themselves.");
        Act(list, (call, _) =>
        {
            var rows = call.Get<TokenStore>().All().Select(t => new { t.Name, Scope = TokenStore.Text(t.Scope), t.Host, t.Created, t.LastUsed });
            call.Table([.. rows], "No token.",
                ("Name", t => t.Name),
                ("Scope", t => t.Scope),
                ("Host", t => t.Host ?? "every"),
                ("Created", t => $"{t.Created:yyyy-MM-dd HH:mm}Z"),
                ("Last used", t => t.LastUsed is { } used ? $"{used:yyyy-MM-dd HH:mm}Z" : "never"));
            return Task.CompletedTask;
        });
        return list;
    }

    static Command Revoke()
    {
        var name = new Argument<string>("NAME") { Description = "The token's name." };
        var revoke = new Command("revoke", "Revoke a token; it stops working at once.") { name };
        Act(revoke, async (call, ct) =>
        {
            if (!await call.Get<TokenStore>().RevokeAsync(call.Value(name)!, ct))
                throw new CommandException($"there is no token named \"{call.Value(name)}\"; `vigie token list` shows them");
            call.Print(new { revoked = call.Value(name) }, $"The token {call.Value(name)} is revoked.");
        });
        return revoke;
    }
}
