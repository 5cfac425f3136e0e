using System.CommandLine;
using System.Globalization;
using System.Text;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Configuration;
using Vigie.Hub.Export;
using Vigie.PromQL.Ast;
using Vigie.Storage;

namespace Vigie.Hub.Commands;

sealed class ExportCommand() : CliCommand("export", "Write samples as CSV or as OpenMetrics text, to the last bit of their values.")
{
    /// <summary>The other thing that is worth taking along.</summary>
    static Command Policy()
    {
        var policy = new Command("policy", "Print the policy in force, as `vigie apply` takes it.");
        Act(policy, (call, _) =>
        {
            call.Writer.Write(call.Get<PolicyStore>().Current() is { } current ? current.Text : PolicyText.Example);
            return Task.CompletedTask;
        });
        return policy;
    }

    readonly Option<string> _format = new("--format")
    {
        Description = "csv or openmetrics. In CSV a text that a spreadsheet would compute (= + - @) gets an apostrophe before it.",
        DefaultValueFactory = _ => "csv",
    };
    readonly Option<string?> _host = new("--host") { Description = "Only this host.", HelpName = "HOST" };
    readonly Option<string?> _metric = new("--metric") { Description = "Only this metric.", HelpName = "NAME" };
    readonly Option<string?> _match = new("--match")
    {
        Description = "Only what a selector of PromQL matches, such as '{state=\"used\", host=~\"web.*\"}'.",
        HelpName = "SELECTOR",
    };
    readonly Option<string?> _from = new("--from")
    {
        Description = "First instant, such as 2026-11-20 or 2026-11-20T12:00:00Z; "
            + "of what is older than Retention:Raw there is the last value of each five minutes or hour.",
        HelpName = "TIME",
    };
    readonly Option<string?> _to = new("--to") { Description = "Last instant.", HelpName = "TIME" };
    readonly Option<string?> _range = new("--range") { Description = "How far back instead, such as 6h or 7d.", HelpName = "TIME" };
    readonly Option<FileInfo?> _file =
        new("--to-file") { Description = "A new file instead of standard output; it appears when it is complete.", HelpName = "FILE" };

    protected override void Configure(Command command)
    {
        command.Add(Policy());
        command.Add(_format.AcceptOnlyFromAmong("csv", "openmetrics"));
        foreach (var option in new Option[] { _host, _metric, _match, _from, _to, _range, _file })
            command.Add(option);
        Act(command, async (call, ct) =>
        {
            var (fromMs, toMs) = Times(call);
            var matchers = Matchers(call);
            if ((await call.Get<MetricStore>().SeriesAsync([new(matchers, fromMs, toMs)], ct)).Count == 0)
                throw new CommandException("no sample matches; "
                    + "`vigie hosts` lists the hosts, and without --from, --to and --range all times are meant");
            SampleFormat Format(IReadOnlySet<string> names) => call.Value(_format) == "csv" ? new CsvFormat() : new OpenMetricsFormat(names);
            if (call.Value(_file)?.FullName is not { } file)
            {
                await new SampleExport(call.Get<MetricStore>(), call.Writer)
                    .WriteAsync(matchers, fromMs, toMs, Format, new Progress<double>(), ct);
                return;
            }
            if (File.Exists(file))
                throw new CommandException($"{file} exists already; name a new file");
            var report = await ToFileAsync(file, to => call.WithProgressAsync("Export",
                progress => new SampleExport(call.Get<MetricStore>(), to).WriteAsync(matchers, fromMs, toMs, Format, progress, ct)));
            call.Print(new { file, report.Samples, report.Series, report.Hosts },
                $"{report.Samples} samples of {report.Series} series of {report.Hosts} hosts written into {file}.");
        });
    }

    static async Task<ExportReport> ToFileAsync(string file, Func<TextWriter, Task<ExportReport>> write)
    {
        string part = file + ".part";
        try
        {
            ExportReport report;
            await using (var writer = new StreamWriter(part, append: false, new UTF8Encoding(false)))
                report = await write(writer);
            File.Move(part, file, overwrite: false);
            return report;
        }
        finally
        {
            File.Delete(part);
        }
    }

    List<LabelMatcher> Matchers(CliCall call)
    {
        var matchers = new List<LabelMatcher>();
        if (call.Value(_host) is { } host)
            matchers.Add(new("host", MatchKind.Equal, host));
        if (call.Value(_metric) is { } metric)
            matchers.Add(new(Labels.MetricName, MatchKind.Equal, metric));
        if (call.Value(_match) is not { } text)
            return matchers;
        if (Expr.Parse(text) is not Selector { Shift: var shift } selector || shift != default)
            throw new CommandException($"--match is {text}; write a selector alone, such as '{{host=~\"web.*\"}}'");
        return [.. matchers, .. selector.Matchers];
    }

    (long FromMs, long ToMs) Times(CliCall call)
    {
        var now = call.Time.GetUtcNow();
        if (call.Value(_range) is { } range)
        {
            if (call.Value(_from) is not null || call.Value(_to) is not null)
                throw new CommandException("--range goes back from now; give it, or --from and --to");
            if (!Quantities.TryDuration(range, out var span) || span > now - DateTimeOffset.UnixEpoch)
                throw new CommandException($"--range is \"{range}\"; write a time such as 6h or 7d");
            return ((now - span).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        }
        var (from, to) = (Time(_from.Name, call.Value(_from), 0), Time(_to.Name, call.Value(_to), long.MaxValue));
        return from <= to ? (from, to)
            : throw new CommandException($"--from is {call.Value(_from)} and --to is {call.Value(_to)}, which is before it");
    }

    static long Time(string option, string? text, long otherwise) => text is null ? otherwise
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : throw new CommandException($"{option} is \"{text}\"; write a time such as 2026-11-20 or 2026-11-20T12:00:00Z");
}
