using System.CommandLine;
using Vigie.Hub.Alerts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class HostsCommand() : CliCommand("hosts", "List the hosts and how they are, worst first.")
{
    sealed record Row(string Name, string State, double? Cpu, double? Memory, double? Disk, double? Load, double? Network, double? Users,
        DateTimeOffset LastReport, string System, IReadOnlyList<string> Addresses);

    protected override void Configure(Command command)
    {
        command.Add(RemoveCommand());
        Act(command, async (call, ct) =>
        {
            var now = call.Time.GetUtcNow();
            var headlines = await call.Get<Headlines>().ReadAsync(now, ct);
            var open = call.Get<AlertStore>().Open();
            var rows = call.Get<HostDirectory>().All.Select(h =>
                (Host: h, State: HostStates.Of(h, open, now), Numbers: headlines.GetValueOrDefault(h.Name, new())))
                .OrderBy(r => r.State)
                .Select(r => new Row(r.Host.Name, r.State.ToString().ToLowerInvariant(), r.Numbers.Cpu, r.Numbers.Memory,
                    r.Numbers.Disk, r.Numbers.Load, r.Numbers.Network, r.Numbers.Users, r.Host.Last, r.Host.Os, r.Host.Addresses))
                .ToList();
            var t = Texts.English;
            string Percent(double? value) => value is { } known ? t.Percent(known) : "–";
            call.Table(rows, "No host has reported yet.", ("Host", r => r.Name), ("State", r => r.State),
                ("CPU", r => Percent(r.Cpu)), ("Memory", r => Percent(r.Memory)), ("Disk", r => Percent(r.Disk)),
                ("Load", r => r.Load is { } load ? t.Number(load, 2) : "–"),
                ("Network", r => r.Network is { } network ? t.BytesPerSecond(network) : "–"),
                ("Users", r => r.Users is { } users ? t.Number(users, 0) : "–"),
                ("Last report", r => t.Duration(now - r.LastReport) + " ago"), ("System", r => r.System),
                ("Addresses", r => string.Join(' ', r.Addresses)));
        });
    }

    static Command RemoveCommand()
    {
        var name = new Argument<string>("HOST") { Description = "The host." };
        var remove = new Command("remove", "Forget a host with its samples.") { name };
        Act(remove, async (call, ct) =>
        {
            string host = call.Value(name)!;
            if (call.Get<HostDirectory>().Find(host) is null)
                throw new CommandException($"the host \"{host}\" is not known; `vigie hosts` lists them");
            using var one = call.Folder.TryLock()
                ?? throw new CommandException($"a hub runs with {call.Folder.Path} and would write the host back; stop it first");
            long deleted = await call.Get<MetricStore>().DeleteHostAsync(host, ct);
            await call.Get<HostDirectory>().DeleteAsync(host, ct);
            call.Print(new { host, deleted }, $"{host} and {deleted} samples are removed.");
        });
        return remove;
    }
}
