using System.CommandLine;
using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Commands;

sealed class GraphCommand() : CliCommand("graph", "Draw a chart of a host into an SVG or PNG file.")
{
    readonly Argument<string> _host = new("HOST") { Description = "The host, as `vigie hosts` names it." };
    readonly Argument<string> _chart = new("CHART") { Description = $"One of {string.Join(", ", ChartCatalog.All.Select(c => c.Id))}." };
    readonly Option<FileInfo> _file = new("-o", "--output")
    {
        Description = "The file to write; its ending (.svg or .png) says the kind.",
        HelpName = "FILE",
        Required = true,
    };
    readonly Option<string> _range =
        new("--range") { Description = "How far back, such as 15min, 6h or 7d.", HelpName = "TIME", DefaultValueFactory = _ => "24h" };
    readonly Option<string> _theme = new("--theme") { Description = "light or dark.", DefaultValueFactory = _ => "light" };
    readonly Option<string?> _zone =
        new("--tz") { Description = "Time zone of the axis, such as Europe/Paris (Server:TimeZone).", HelpName = "ZONE" };

    protected override void Configure(Command command)
    {
        command.Add(_host);
        command.Add(_chart);
        command.Add(_file);
        command.Add(_range);
        command.Add(_theme.AcceptOnlyFromAmong("light", "dark"));
        command.Add(_zone);
        Act(command, async (call, ct) =>
        {
            string host = call.Value(_host)!, file = call.Value(_file)!.FullName, range = call.Value(_range)!;
            var spec = ChartCatalog.Find(call.Value(_chart)!)
                ?? throw new CommandException($"there is no chart \"{call.Value(_chart)}\"; "
                    + $"the charts are {string.Join(", ", ChartCatalog.All.Select(c => c.Id))}");
            if (call.Get<HostDirectory>().Find(host) is null)
                throw new CommandException($"the host \"{host}\" is not known; `vigie hosts` lists them");
            if (!Quantities.TryDuration(range, out var span) || span < TimeSpan.FromMinutes(1))
                throw new CommandException($"--range is \"{range}\"; write a time such as 15min, 6h or 7d");
            var options = call.Get<HubOptions>();
            var now = call.Time.GetUtcNow();
            var data = await call.Get<ChartService>()
                .ReadAsync(spec, host, (now - span).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), ct);
            var scene = ChartScene.Of(data, Texts.Of(options.Server.Language), Zones.Of(call.Value(_zone) ?? options.Server.TimeZone));
            bool dark = call.Value(_theme) == "dark";
            await File.WriteAllBytesAsync(file, Path.GetExtension(file).ToLowerInvariant() switch
            {
                ".svg" => System.Text.Encoding.UTF8.GetBytes(SvgWriter.Document(scene, dark)),
                ".png" => PngPainter.Paint(scene, dark)
                    ?? throw new CommandException("this machine has no font to write labels with; install one, such as fonts-dejavu-core, or draw an .svg"),
                _ => throw new CommandException($"{file} ends in neither .svg nor .png"),
            }, ct);
            call.Print(new { file, empty = data.IsEmpty }, $"{scene.Summary}. Drawn into {file}.");
        });
    }
}
