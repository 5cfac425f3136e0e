using System.CommandLine;
using System.Net.Sockets;
using Vigie.Hub.Accounts;
using Vigie.Hub.Alerts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

sealed class HubCommand() : CliCommand("hub", "Run the hub: take samples, raise alerts, serve the pages.")
{
    internal static readonly Option<string?> Urls =
        new("--urls") { Description = "Addresses to listen on (Server:Urls).", HelpName = "URLS" };

    protected override void Configure(Command command)
    {
        command.Add(Urls);
        Act(command, (call, ct) => RunAsync(call, "hub", withProbe: false, ct));
    }

    /// <summary>Runs until stopped. `up` adds this machine's probe and the login link.</summary>
    public static async Task RunAsync(CliCall call, string verb, bool withProbe, CancellationToken ct)
    {
        if (!call.Folder.IsInitialised)
            throw new CommandException($"{call.Folder.Path} holds no installation; `vigie init --data {call.Folder.Path}` makes it");
        var options = call.Options(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Server:Urls"] = call.Value(Urls) }
            .Where(p => p.Value is not null).ToDictionary(StringComparer.Ordinal));
        if (File.Exists(call.Folder.Template))
            MailTemplate.Parse(File.ReadAllText(call.Folder.Template), call.Folder.Template);
        using var one = call.Folder.TryLock()
            ?? throw new CommandException($"another hub runs with {call.Folder.Path}; stop it first, or name another folder with --data");
        await using var app = HubApp.Build(call.Folder, options, call.Time, services =>
        {
            if (withProbe)
                LocalProbe.Add(services);
        });
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new CommandException($"the hub can't listen on {options.Server.Urls}: {e.Message.TrimEnd('.')}; choose another address with --urls");
        }
        Greet(call, app, verb);
        await app.WaitForShutdownAsync(ct);
    }

    static void Greet(CliCall call, WebApplication app, string verb)
    {
        string url = Reachable(app.Urls.First());
        bool loopback = new Uri(url).IsLoopback;
        if (verb == "up" && loopback)
            call.Line($"Log in, once, from this machine: {url}/login/once?code={app.Services.GetRequiredService<LoginLinks>().Create()}");
        else if (app.Services.GetRequiredService<UserStore>().Names().Count == 0)
            call.Line($"Nobody can log in yet: vigie user add NAME --data {call.Folder.Path}");
        call.Line($"ready {url}");
    }

    static string Reachable(string url) =>
        url.Replace("//[::]", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);
}
