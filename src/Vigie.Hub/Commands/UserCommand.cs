using System.CommandLine;
using Spectre.Console;
using Vigie.Hub.Accounts;

namespace Vigie.Hub.Commands;

sealed class UserCommand() : CliCommand("user", "Add, list and remove the people who may log in.")
{
    protected override void Configure(Command command)
    {
        command.Add(AddUser());
        command.Add(List());
        command.Add(Remove());
    }

    static Command AddUser()
    {
        var name = new Argument<string>("NAME") { Description = "The user's name." };
        var stdin = new Option<bool>("--password-stdin") { Description = "Read the password from standard input." };
        var add = new Command("add", "Add a user, or give an existing one a new password.") { name, stdin };
        Act(add, async (call, ct) =>
        {
            string user = call.Value(name)!.Trim();
            if (user.Length is 0 or > 100
                || user.Any(char.IsControl)
                || string.Equals(user, Claims.Console, StringComparison.OrdinalIgnoreCase))
                throw new CommandException($"\"{user}\" can't be a user's name; choose 1 to 100 printable characters, and not \"{Claims.Console}\"");
            var users = call.Get<UserStore>();
            string password = call.Value(stdin) || Console.IsInputRedirected ? Console.In.ReadLine() ?? "" : Ask();
            if (password.Length < UserStore.LeastPasswordLength)
                throw new CommandException($"the password has {password.Length} characters; it needs at least {UserStore.LeastPasswordLength}");
            bool known = users.Find(user) is not null;
            await users.SetAsync(user, password, ct);
            call.Print(new { user }, known ? $"{user} has a new password; sessions with the old one have ended." : $"{user} may log in.");
        });
        return add;
    }

    static string Ask()
    {
        string first = AnsiConsole.Prompt(new TextPrompt<string>("Password:").Secret());
        string again = AnsiConsole.Prompt(new TextPrompt<string>("Again:").Secret());
        return again == first ? first : throw new CommandException("the two passwords differ; nothing was changed");
    }

    static Command List()
    {
        var list = new Command("list", "List the users.");
        Act(list, (call, _) =>
        {
            call.Table([.. call.Get<UserStore>().Names().Select(n => new { Name = n })], "No user.", ("User", u => u.Name));
            return Task.CompletedTask;
        });
        return list;
    }

    static Command Remove()
    {
        var name = new Argument<string>("NAME") { Description = "The user's name." };
        var remove = new Command("remove", "Remove a user; open sessions end at once.") { name };
        Act(remove, async (call, ct) =>
        {
            if (!await call.Get<UserStore>().RemoveAsync(call.Value(name)!, ct))
                throw new CommandException($"there is no user named \"{call.Value(name)}\"; `vigie user list` shows them");
            call.Print(new { removed = call.Value(name) }, $"{call.Value(name)} is removed.");
        });
        return remove;
    }
}
